package app.qadam.ui

import java.net.URI
import java.net.URISyntaxException

/** Nobody writes longer links than this, in characters. */
private const val LONGEST = 2_000

/** Below it lie the screens, on the company's own host. */
private const val BELOW = "app"

private val screens: Map<String, Route> = mapOf(
    "today" to Route.Today,
    "learn" to Route.Learn,
    "contacts" to Route.Contacts,
    "me" to Route.Me,
    "reviews" to Route.Reviews,
    "plan" to Route.Plan,
    "people" to Route.People,
    "messages" to Route.Messages,
    "offers" to Route.Offers,
    "reminders" to Route.Reminders,
    "settings" to Route.Settings,
    "sync" to Route.Sync,
    "welcome" to Route.Welcome,
)

/**
 * The screen that a link into the app names: `qadam://reviews`, `qadam://lesson/ID`, or the same path below `/app` of an https address, whose host
 * the system has checked. Null where it names none.
 */
fun routeOf(link: String): Route? {
    val path = parts(link) ?: return null
    return when (path.size) {
        1 -> screens[path[0]]
        2 -> routeOf(path[0], path[1])
        else -> null
    }
}

private fun routeOf(kind: String, id: String): Route? = when (kind) {
    "lesson" -> Route.Lesson(id)
    "quiz" -> Route.Quiz(id)
    "contact" -> if (id == "new") Route.ContactEdit() else Route.Contact(id)
    "why" -> Route.Why(id)
    else -> null
}

/** Whether a link invites somebody: what it says fills the sign-in ([SignInViewModel.scanned]). */
fun isInvitation(link: String): Boolean = parts(link) == listOf("join")

/** The parts of the path, none of them empty. */
private fun parts(link: String): List<String>? {
    if (link.length > LONGEST) return null
    val uri = try {
        URI(link)
    } catch (_: URISyntaxException) {
        return null
    }
    val path = when (uri.scheme?.lowercase()) {
        "qadam" -> listOf(uri.authority.orEmpty()) + uri.path.orEmpty().split('/').drop(1)
        "https" -> uri.path.orEmpty().split('/').drop(1).also { if (it.firstOrNull() != BELOW) return null }.drop(1)
        else -> return null
    }
    return path.takeIf { it.isNotEmpty() && it.all(String::isNotEmpty) }
}
