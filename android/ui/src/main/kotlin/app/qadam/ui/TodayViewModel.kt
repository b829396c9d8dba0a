package app.qadam.ui

import app.qadam.core.LessonStatus
import app.qadam.core.LessonSummary
import app.qadam.core.NoticeView
import app.qadam.core.OfferStatus
import app.qadam.core.OfferView
import app.qadam.core.Qadam
import app.qadam.core.SessionView
import app.qadam.core.StreakView
import app.qadam.core.TodayView
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.update

data class TodayState(
    val name: String,
    /** Null where the company has no plan. */
    val plan: TodayView?,
    /** The lesson that can be taken now. */
    val lesson: LessonSummary?,
    val reviewsDue: Int,
    val streak: StreakView,
    val notices: List<NoticeView>,
    /** Those that run. */
    val offers: List<OfferView>,
    val welcome: Boolean,
)

class TodayViewModel(private val qadam: Qadam) : ScreenViewModel() {
    private val looks = MutableStateFlow(0)

    val state: StateFlow<Load<TodayState>> = combine(
        qadam.session.changes.map { (it as? SessionView.SignedIn)?.account?.name.orEmpty() },
        // The welcome comes with the content, as the plan does.
        combine(qadam.journey.today, looks) { today, _ -> Pair(today, qadam.journey.welcome()) },
        combine(qadam.learning.courses, qadam.reviews.stack, ::Pair),
        qadam.awards.changes,
        combine(qadam.results.notices, qadam.offers.changes, ::Pair),
    ) { name, (today, welcome), (courses, reviews), awards, (notices, offers) ->
        val open = courses.courses.sortedByDescending { it.assigned }.flatMap { it.lessons }
        TodayState(
            name,
            today,
            open.firstOrNull { it.status == LessonStatus.Open },
            reviews.cards.size,
            awards.streak,
            notices,
            offers.filter { it.status == OfferStatus.OPEN },
            welcome = welcome?.seen == false,
        )
    }.state()

    /** The screen is looked at anew: the welcome, which is no live query, may have been seen meanwhile. */
    fun look() = looks.update { it + 1 }

    /** Ticks a task off, or one item of its list. */
    fun complete(task: String, item: UInt? = null) = act { qadam.journey.complete(task, item) }

    fun reopen(task: String, item: UInt? = null) = act { qadam.journey.reopen(task, item) }

    fun seen(notice: String) = act { qadam.results.see(notice) }
}
