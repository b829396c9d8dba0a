import SwiftUI

/// What is typed into a field: the keyboard, and what the phone offers to fill in, follow from it.
enum Typing {
    case address, code, login, password, newPassword, name, phone, email, number
}

extension View {
    func typing(_ typing: Typing) -> some View {
        #if os(macOS)
        // The package's tests are built there too.
        self
        #else
        keyboardType(typing.keyboard)
            .textContentType(typing.content)
            .textInputAutocapitalization(typing == .name ? .words : typing == .code ? .characters : .never)
            .autocorrectionDisabled()
        #endif
    }
}

#if !os(macOS)
extension Typing {
    fileprivate var keyboard: UIKeyboardType {
        switch self {
        case .address: .URL
        case .phone: .phonePad
        case .email: .emailAddress
        case .number: .numbersAndPunctuation
        case .code, .login, .password, .newPassword, .name: .default
        }
    }

    fileprivate var content: UITextContentType? {
        switch self {
        case .login: .username
        case .password: .password
        case .newPassword: .newPassword
        case .name: .name
        case .phone: .telephoneNumber
        case .email: .emailAddress
        case .address, .code, .number: nil
        }
    }
}
#endif
