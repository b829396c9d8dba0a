package app.qadam.core

import kotlinx.coroutines.flow.Flow

/** What the company gives for sales to customers. */
class Offers internal constructor(private val engine: QadamEngine) {
    /** Open ones first, the one that ends first above; then the others, the newest first; as they change. */
    val changes: Flow<List<OfferView>> =
        live(engine::observeOffers, LiveOffers::stop) { query, after -> query.next(after)?.run { number to value } }

    suspend fun current(): List<OfferView> = engine.offers()
}
