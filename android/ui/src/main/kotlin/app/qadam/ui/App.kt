package app.qadam.ui

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.AccountCircle
import androidx.compose.material.icons.filled.Home
import androidx.compose.material.icons.filled.Person
import androidx.compose.material.icons.filled.Star
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import androidx.lifecycle.ViewModel
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.createSavedStateHandle
import androidx.lifecycle.viewmodel.CreationExtras
import androidx.lifecycle.viewmodel.compose.viewModel
import androidx.navigation.NavDestination.Companion.hasRoute
import androidx.navigation.NavHostController
import androidx.navigation.compose.NavHost
import androidx.navigation.compose.composable
import androidx.navigation.compose.currentBackStackEntryAsState
import androidx.navigation.compose.rememberNavController
import androidx.navigation.toRoute
import app.qadam.core.Qadam
import app.qadam.core.SyncProblem
import app.qadam.core.SyncState
import app.qadam.core.Texts
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.mapNotNull

/** The languages of the app's own texts. */
val Locales: List<String> = listOf("kk", "ru", "es", "en")

/** All of Qadam's screens over the one core. [links] lead into the app from outside ([routeOf]); each is followed once. */
@Composable
fun QadamApp(qadam: Qadam, platform: Platform, links: Flow<String> = emptyFlow(), dark: Boolean = isSystemInDarkTheme()) {
    val app = viewModel { AppViewModel(qadam) }
    val load by app.state.collectAsStateWithLifecycle()
    var before by rememberSaveable { mutableStateOf(platform.locale) }
    val locale = (load.value as? AppState.SignedIn)?.locale ?: before
    val texts = remember(locale) { Texts(locale) }
    CompositionLocalProvider(LocalPlatform provides platform, LocalTexts provides texts) {
        QadamTheme(platform.font, dark) {
            Surface(Modifier.fillMaxSize()) {
                Column(Modifier.safeDrawingPadding()) {
                    when (val state = load.value) {
                        null -> (load as? Load.Failed)?.let { Note(texts.of(it.problem)) { Quiet(texts.retry, app::retry) } }
                        AppState.SignedOut -> SignIn(qadam, platform, links, locale) { before = it }
                        is AppState.SignedIn -> key(state.account) { Inside(qadam, platform, links, state) }
                    }
                }
            }
        }
    }
}

/** A destination of its own, so that what was typed is in a saved state. */
@Composable
private fun SignIn(qadam: Qadam, platform: Platform, links: Flow<String>, locale: String, choose: (String) -> Unit) {
    NavHost(rememberNavController(), startDestination = Route.SignIn) {
        composable<Route.SignIn> {
            val model = model { SignInViewModel(qadam, platform, createSavedStateHandle()) }
            LaunchedEffect(links, model) { links.filter(::isInvitation).collect(model::scanned) }
            SignInScreen(model, Locales, locale, choose)
        }
    }
}

@Composable
private fun Inside(qadam: Qadam, platform: Platform, links: Flow<String>, state: AppState.SignedIn) {
    val navigation = rememberNavController()
    val entry by navigation.currentBackStackEntryAsState()
    var again by rememberSaveable { mutableStateOf(false) }
    if (again && state.signInNeeded) return SignIn(qadam, platform, links, state.locale) {}
    // Runs after the first frame, with which the graph is there.
    LaunchedEffect(links, navigation) { links.mapNotNull(::routeOf).collect(navigation::enter) }
    Column(Modifier.fillMaxSize()) {
        SyncSign(state, { again = true }) { navigation.go(Route.Sync) }
        Column(Modifier.weight(1f)) { Destinations(navigation, qadam, state) }
        val tab = Tab.entries.firstOrNull { tab -> entry?.destination?.hasRoute(tab.route::class) == true }
        if (tab != null) Tabs(tab) { navigation.tab(it.route) }
    }
}

private enum class Tab(val route: Route, val icon: ImageVector) {
    TODAY(Route.Today, Icons.Filled.Home),
    LEARN(Route.Learn, Icons.Filled.Star),
    CONTACTS(Route.Contacts, Icons.Filled.AccountCircle),
    ME(Route.Me, Icons.Filled.Person),
}

private fun Texts.of(tab: Tab): String = when (tab) {
    Tab.TODAY -> todayTitle
    Tab.LEARN -> learnTitle
    Tab.CONTACTS -> contactsTitle
    Tab.ME -> meTitle
}

/** Its words may take two lines, so the bar grows with the size of the font. */
@Composable
private fun Tabs(current: Tab, choose: (Tab) -> Unit) {
    Surface(color = MaterialTheme.colorScheme.surfaceContainer) {
        Row(Modifier.fillMaxWidth().selectableGroup()) {
            for (tab in Tab.entries) {
                val chosen = tab == current
                val color = if (chosen) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.onSurfaceVariant
                Column(
                    Modifier.weight(1f).heightIn(min = 56.dp).selectable(chosen, role = Role.Tab) { choose(tab) }.padding(vertical = 6.dp, horizontal = 2.dp),
                    Arrangement.Center,
                    Alignment.CenterHorizontally,
                ) {
                    Icon(tab.icon, null, tint = color)
                    Text(LocalTexts.current.of(tab), color = color, style = MaterialTheme.typography.labelMedium, textAlign = TextAlign.Center)
                    // Not by colour alone.
                    Surface(Modifier.width(24.dp).heightIn(min = 3.dp), color = if (chosen) color else MaterialTheme.colorScheme.surfaceContainer) {}
                }
            }
        }
    }
}

/** A quiet sign of how things stand with the server; nothing at all where they stand well. */
@Composable
private fun SyncSign(state: AppState.SignedIn, signIn: () -> Unit, open: () -> Unit) {
    val text = LocalTexts.current.sign(state) ?: return
    Surface(
        Modifier.fillMaxWidth().heightIn(min = TouchTarget).clickable(role = Role.Button, onClick = if (state.signInNeeded) signIn else open),
        color = MaterialTheme.colorScheme.surfaceContainerHigh,
    ) {
        Text(text, Modifier.padding(horizontal = 16.dp, vertical = 12.dp).semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.bodyMedium)
    }
}

private fun Texts.sign(state: AppState.SignedIn): String? = when (val sync = state.sync.state) {
    SyncState.SignInNeeded -> syncSignInNeeded
    SyncState.UpdateNeeded -> errorUpdateNeeded
    SyncState.Offline -> if (state.sync.pending == 0u) syncOffline else syncOfflineWaiting(count = state.sync.pending.toLong())
    is SyncState.Waiting -> of(sync.problem)
    SyncState.Idle, SyncState.Syncing ->
        if (state.signInNeeded) syncSignInNeeded else if (state.sync.refused > 0u) syncRefused(count = state.sync.refused.toLong()) else null
}

fun Texts.of(problem: SyncProblem): String = when (problem) {
    SyncProblem.UNREACHABLE -> errorUnreachable
    SyncProblem.NOT_QADAM -> errorNotQadam
    SyncProblem.UNTRUSTED -> errorUntrusted
    SyncProblem.SERVER_BUSY -> errorServerBusy
    SyncProblem.SERVER_TOO_OLD -> errorServerTooOld
    SyncProblem.STORAGE_FULL -> errorStorageFull
    SyncProblem.REFUSED -> errorInternal
}

private fun NavHostController.go(route: Route) = navigate(route) { launchSingleTop = true }

/** Each tab keeps what was open in it. */
private fun NavHostController.tab(route: Route) = navigate(route) {
    popUpTo(Route.Today) { saveState = true }
    launchSingleTop = true
    restoreState = true
}

private fun NavHostController.enter(route: Route) = if (Tab.entries.any { it.route == route }) tab(route) else go(route)

@Composable
private fun Destinations(navigation: NavHostController, qadam: Qadam, state: AppState.SignedIn) {
    val go: (Route) -> Unit = navigation::go
    val back: () -> Unit = { navigation.popBackStack() }
    val platform = LocalPlatform.current
    NavHost(navigation, startDestination = Route.Today) {
        composable<Route.Today> { TodayScreen(model { TodayViewModel(qadam) }, state.locale, state.messages, state.leads, go) }
        composable<Route.Learn> { LearnScreen(model { LearnViewModel(qadam) }, state.locale, go) }
        composable<Route.Lesson> { entry ->
            val id = entry.toRoute<Route.Lesson>().id
            LessonScreen(model { LessonViewModel(qadam, id, createSavedStateHandle()) }, state.locale, back, { go(Route.Quiz(id)) }, go)
        }
        composable<Route.Quiz> { entry ->
            val lesson = entry.toRoute<Route.Quiz>().lesson
            QuizScreen(model { QuizViewModel(qadam, lesson, createSavedStateHandle()) }, state.locale, back) { next ->
                navigation.popBackStack(Route.Lesson(lesson), inclusive = true)
                go(Route.Lesson(next))
            }
        }
        composable<Route.Reviews> { ReviewsScreen(model { ReviewsViewModel(qadam) }, state.locale, back) }
        composable<Route.Plan> { PlanScreen(model { PlanViewModel(qadam) }, state.locale, back, go) }
        composable<Route.Me> { MeScreen(model { MeViewModel(qadam) }, state.locale, go) }
        composable<Route.Contacts> { ContactsScreen(model { ContactsViewModel(qadam, createSavedStateHandle()) }, state.locale, go) }
        composable<Route.Contact> { entry ->
            val id = entry.toRoute<Route.Contact>().id
            ContactScreen(model { ContactViewModel(qadam, id) }, state.locale, back, { go(Route.ReminderEdit(about = it)) }) { go(Route.ContactEdit(id)) }
        }
        composable<Route.ContactEdit> { entry ->
            val id = entry.toRoute<Route.ContactEdit>().id
            ContactEditScreen(model { ContactEditViewModel(qadam, id, createSavedStateHandle()) }, id == null, back) { saved ->
                navigation.popBackStack()
                go(Route.Contact(saved))
            }
        }
        composable<Route.People> { PeopleScreen(model { PeopleViewModel(qadam) }, state.locale, back, go) }
        composable<Route.Messages> { MessagesScreen(model { MessagesViewModel(qadam) }, state.locale, back, go) }
        composable<Route.Why> { entry ->
            val id = entry.toRoute<Route.Why>().id
            WhyScreen(model { WhyViewModel(qadam, id) }, state.locale, back)
        }
        composable<Route.Offers> { OffersScreen(model { OffersViewModel(qadam) }, state.locale, back) }
        composable<Route.Reminders> { RemindersScreen(model { RemindersViewModel(qadam) }, state.locale, back, go) }
        composable<Route.ReminderEdit> { entry ->
            val (id, about) = entry.toRoute<Route.ReminderEdit>()
            ReminderEditScreen(model { ReminderEditViewModel(qadam, id, about, createSavedStateHandle()) }, id == null, back)
        }
        composable<Route.Settings> { SettingsScreen(model { SettingsViewModel(qadam, platform) }, state.locale, back, go) }
        composable<Route.Sync> { SyncScreen(model { SyncViewModel(qadam) }, state.locale, back) }
        composable<Route.Welcome> { WelcomeScreen(model { WelcomeViewModel(qadam) }, back) }
    }
}

@Composable
private inline fun <reified M : ViewModel> model(crossinline make: CreationExtras.() -> M): M = viewModel { make() }
