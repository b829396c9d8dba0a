import Foundation
import Observation
import Qadam

public struct SignInState: Equatable, Sendable {
    public var server = ""
    public var login = ""
    /// Never in the saved state.
    public var password = ""
    public var code = ""
    /// First time: the password is set with an invite code.
    public var withCode = false
    public internal(set) var busy = false

    public init(server: String = "", login: String = "", password: String = "", code: String = "", withCode: Bool = false) {
        self.server = server
        self.login = login
        self.password = password
        self.code = code
        self.withCode = withCode
    }

    public var ready: Bool {
        !busy && !server.trimmed.isEmpty && !password.isEmpty && !(withCode ? code : login).trimmed.isEmpty
    }
}

@Observable @MainActor
public final class SignInViewModel: ScreenViewModel {
    public private(set) var state: SignInState
    @ObservationIgnored private let qadam: Qadam
    @ObservationIgnored private let platform: any Platform
    @ObservationIgnored private let saved: SavedState

    public init(_ qadam: Qadam, _ platform: any Platform, _ saved: SavedState) {
        self.qadam = qadam
        self.platform = platform
        self.saved = saved
        state = SignInState(
            server: saved.get("server") ?? platform.server,
            login: saved.get("login") ?? "",
            code: saved.get("code") ?? "",
            withCode: saved.get("withCode") ?? false
        )
        super.init()
    }

    public func change(_ state: SignInState) {
        self.state = state
        saved.set("server", state.server)
        saved.set("login", state.login)
        saved.set("code", state.code)
        saved.set("withCode", state.withCode)
    }

    /// What a code of the company says: `qadam://join?server=ADDRESS&code=CODE`, or the bare address of the server.
    public func scanned(_ text: String) {
        let fields = URLComponents(string: text.trimmed)?.queryItems ?? []
        let code = fields.first { $0.name == "code" }?.value
        var form = state
        let bare = isInvitation(text.trimmed, host: platform.host) ? form.server : text.trimmed
        form.server = fields.first { $0.name == "server" }?.value ?? bare
        form.code = code ?? form.code
        form.withCode = code != nil
        change(form)
    }

    @discardableResult
    public func signIn() -> Task<Void, Never> {
        guard state.ready else { return Task {} }
        state.busy = true
        return act { [self] in
            defer { state.busy = false }
            var form = state
            if form.withCode {
                form.login = try await qadam.session.setPassword(server: form.server.trimmed, code: form.code.trimmed, password: form.password)
                // The code is used up: whoever comes back after a failure signs in with the name.
                form.withCode = false
                change(form)
            }
            _ = try await qadam.session.signIn(
                server: form.server.trimmed,
                login: form.login.trimmed,
                password: form.password,
                deviceName: platform.deviceName
            )
        }
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
