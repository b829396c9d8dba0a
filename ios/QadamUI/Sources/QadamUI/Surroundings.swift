import Qadam
import QadamModels
import SwiftUI

private struct TextsKey: EnvironmentKey {
    static let defaultValue = Texts("en")
}

private struct LanguageKey: EnvironmentKey {
    static let defaultValue = "en"
}

extension EnvironmentValues {
    /// What the app says, in the person's language.
    var texts: Texts {
        get { self[TextsKey.self] }
        set { self[TextsKey.self] = newValue }
    }

    /// BCP 47 tag of the person's language.
    var language: String {
        get { self[LanguageKey.self] }
        set { self[LanguageKey.self] = newValue }
    }
}
