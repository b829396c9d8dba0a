import QadamCore

extension Qadam {
    /// What the person has chosen.
    public final class Settings: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// Settings, as they change.
        public var changes: Live<SettingsView> {
            live(engine.observeSettings(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func current() async throws -> SettingsView {
            try await engine.settings()
        }

        /// A BCP 47 tag, one of `SettingsView.locales`.
        public func setLocale(_ locale: String) async throws {
            try await engine.setLocale(locale: locale)
        }

        /// Whether media are fetched ahead on metered networks too, and the storage for them in bytes.
        public func setMedia(onMetered: Bool, budget: Int64) async throws {
            try await engine.setMedia(onMetered: onMetered, budget: budget)
        }

        /// Writes all that the person has to a new file at this path, as JSON; one that is there is written over.
        public func export(path: String) async throws {
            try await engine.export(path: path)
        }
    }
}

public typealias SettingsView = QadamCore.SettingsView
