import Qadam

@MainActor
public final class OffersViewModel: ScreenViewModel {
    private let offers: Query<[OfferView]>

    public init(_ qadam: Qadam) {
        offers = Query(qadam.offers.changes)
        super.init([offers])
    }

    public var state: Load<[OfferView]> { offers.load }
}

extension OfferView {
    /// Of its goal, 0 to 100.
    public var percent: Int { Int(100 * min(max(reached, 0), goal) / max(goal, 1)) }
}
