import QadamCore

extension Qadam {
    /// Pictures, sound and video of the lessons.
    public final class Media: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// Without fetching it.
        public func current(name: String) async throws -> MediaView {
            try await engine.media(name: name)
        }

        /// Fetches it now, whatever the network.
        public func fetch(name: String) async throws -> MediaView {
            try await engine.fetchMedia(name: name)
        }

        /// What is open is never evicted: release it when it is no longer shown.
        public func open(name: String) async throws -> MediaView {
            try await engine.openMedia(name: name)
        }

        public func release(name: String) async throws {
            try await engine.releaseMedia(name: name)
        }

        public func status() async throws -> MediaStatusView {
            try await engine.mediaStatus()
        }
    }
}

public typealias MediaView = QadamCore.MediaView
public typealias MediaKind = QadamCore.MediaKind
public typealias MediaStatusView = QadamCore.MediaStatusView
