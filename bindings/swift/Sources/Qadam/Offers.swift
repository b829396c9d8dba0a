import QadamCore

extension Qadam {
    /// What the company gives for sales to customers.
    public final class Offers: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// Open ones first, the one that ends first above; then the others, the newest first; as they change.
        public var changes: Live<[OfferView]> {
            live(engine.observeOffers(), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func current() async throws -> [OfferView] {
            try await engine.offers()
        }
    }
}

public typealias OfferView = QadamCore.OfferView
public typealias OfferUnit = QadamCore.OfferUnit
public typealias OfferStatus = QadamCore.OfferStatus
