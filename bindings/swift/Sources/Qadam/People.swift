import QadamCore

extension Qadam {
    /// For who has a team: whom a word would help now.
    public final class People: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// The most urgent first, as it changes.
        public var worklist: Live<[SignalView]> {
            live(engine.observePeople(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func currentWorklist() async throws -> [SignalView] {
            try await engine.people()
        }

        /// It is looked after: it leaves the list, on all of the person's phones.
        public func finish(_ id: String) async throws {
            try await engine.finishSignal(id: id)
        }
    }
}

public typealias SignalView = QadamCore.SignalView
public typealias SignalLessonView = QadamCore.SignalLessonView
