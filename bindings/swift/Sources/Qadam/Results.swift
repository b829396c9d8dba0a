import QadamCore

extension Qadam {
    /// What the company's back office has confirmed, and what was taken back since it corrected that.
    public final class Results: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// Rank, volumes and sales, as they change.
        public var changes: Live<ResultsView> {
            live(engine.observeResults(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// What was taken back and not seen yet, the newest first, as it changes.
        public var notices: Live<[NoticeView]> {
            live(engine.observeNotices(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func current() async throws -> ResultsView {
            try await engine.results()
        }

        public func currentNotices() async throws -> [NoticeView] {
            try await engine.notices()
        }

        /// The person has seen it: it is shown no more, on none of their phones.
        public func see(_ id: String) async throws {
            try await engine.seeNotice(id: id)
        }
    }
}

public typealias ResultsView = QadamCore.ResultsView
public typealias RankView = QadamCore.RankView
public typealias VolumeView = QadamCore.VolumeView
public typealias SaleView = QadamCore.SaleView
public typealias NoticeView = QadamCore.NoticeView
public typealias WithdrawnView = QadamCore.WithdrawnView
