import Qadam
import QadamModels
import SwiftUI

/// The person may choose another language before signing in.
struct SignInScreen: View {
    @State private var model: SignInViewModel
    private let platform: any Platform
    /// A link of the company, to be read once.
    private let invitation: Binding<String?>
    private let locale: String
    private let chooseLocale: @MainActor (String) -> Void
    @Environment(\.texts) private var texts

    init(
        _ qadam: Qadam,
        _ platform: any Platform,
        _ saved: SavedState,
        _ invitation: Binding<String?>,
        _ locale: String,
        chooseLocale: @escaping @MainActor (String) -> Void
    ) {
        _model = State(initialValue: SignInViewModel(qadam, platform, saved))
        self.platform = platform
        self.invitation = invitation
        self.locale = locale
        self.chooseLocale = chooseLocale
    }

    var body: some View {
        let withCode = model.state.withCode
        Screen(texts.signInTitle, .ready(model.state), model) { state in
            Small(texts.signInIntro)
            if platform.scansCodes { Secondary(texts.signInScan) { scan() } }
            Choice(texts.settingsLanguage, locales.map { Option($0, languageName($0)) }, locale, choose: chooseLocale)
            Field(texts.signInServer, field(\.server)).typing(.address)
            if withCode {
                Field(texts.signInCode, field(\.code)).typing(.code)
            } else {
                Field(texts.signInLogin, field(\.login)).typing(.login)
            }
            Field(withCode ? texts.signInNewPassword : texts.signInPassword, field(\.password), secret: true)
                .typing(withCode ? .newPassword : .password)
                .onSubmit { model.signIn() }
            Quiet(withCode ? texts.signInHavePassword : texts.signInHaveCode) { field(\.withCode).wrappedValue.toggle() }
        } bottom: { state in
            Primary(withCode ? texts.signInBegin : texts.signInButton, enabled: state.ready) { model.signIn() }
        }
        .onChange(of: invitation.wrappedValue, initial: true) { _, link in
            if let link {
                model.scanned(link)
                invitation.wrappedValue = nil
            }
        }
    }

    private func scan() {
        Task {
            if let text = await platform.scanCode() { model.scanned(text) }
        }
    }

    private func field<Value: Sendable>(_ path: WritableKeyPath<SignInState, Value>) -> Binding<Value> {
        bound(model.state[keyPath: path]) { value in
            var state = model.state
            state[keyPath: path] = value
            model.change(state)
        }
    }
}
