package app.qadam.ui

import app.qadam.core.OfferView
import app.qadam.core.Qadam
import kotlinx.coroutines.flow.StateFlow

class OffersViewModel(qadam: Qadam) : ScreenViewModel() {
    val state: StateFlow<Load<List<OfferView>>> = qadam.offers.changes.state()
}

/** Of its goal, 0 to 100. */
val OfferView.percent: Int get() = (100 * reached.coerceIn(0, goal) / goal.coerceAtLeast(1)).toInt()
