package app.qadam.ui

import androidx.compose.material3.Surface
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.toAwtImage
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performSemanticsAction
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.Density
import androidx.compose.runtime.key
import androidx.compose.runtime.Composable
import app.qadam.core.Channel
import app.qadam.core.ContactEdit
import app.qadam.core.Phone
import app.qadam.core.Phones
import app.qadam.core.QadamException
import app.qadam.core.Texts
import app.qadam.core.until
import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.viewmodel.compose.viewModel
import java.awt.Color
import java.awt.image.BufferedImage
import java.nio.file.Files
import java.nio.file.Path
import javax.imageio.ImageIO
import kotlin.math.roundToInt
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.resetMain
import kotlinx.coroutines.test.setMain

private data class Variant(val width: Int, val dark: Boolean, val locale: String, val fontScale: Float) {
    override fun toString() = "$width dp, ${if (dark) "dark" else "light"}, $locale, font × $fontScale"
}

private const val HEIGHT = 740
private const val DENSITY = 1f

/** Every screen in every variant: no text is cut off or lies over another one, and what can be touched is large enough and says what it is. */
@OptIn(ExperimentalTestApi::class, ExperimentalCoroutinesApi::class)
class RenderedTest {
    private val pictures: Path = Path.of(System.getProperty("qadam.pictures"))

    @Test
    fun everyScreenFitsInEveryVariant() {
        Dispatchers.setMain(UnconfinedTestDispatcher())
        try {
            Phones().use { phones ->
                val variants = buildList {
                    // The last is a tablet.
                    for (locale in Locales) for (width in listOf(320, 411, 840)) for (font in listOf(1f, 2f)) for (dark in listOf(false, true)) {
                        // The colour moves nothing: the dark ones are looked at once for each width and language.
                        if (!dark || font == 1f) add(Variant(width, dark, locale, font))
                    }
                }
                val phone = now { lived(phones) }
                val faults = mutableListOf<String>()
                var checked = 0
                for (locale in Locales) {
                    now { phone.qadam.settings.setLocale(locale) }
                    val given = now {
                        // The language changes once its content is there.
                        phone.qadam.settings.changes.until { it.locale == locale }
                        Given.of(phone.qadam, locale)
                    }
                    for (variant in variants.filter { it.locale == locale }) {
                        val shown = render(phone, given, variant, faults)
                        checked += shown.size
                        sheet(shown, variant)
                    }
                }
                println("$checked pictures of ${variants.size} variants")
                assertEquals(emptyList(), faults.distinct())
            }
        } finally {
            Dispatchers.resetMain()
        }
    }

    /** A phone on which there is something to see on every screen. */
    private suspend fun lived(phones: Phones): Phone {
        val (phone, _) = phones.ofNewPerson()
        val qadam = phone.qadam
        repeat(12) { number ->
            val id = qadam.contacts.add(ContactEdit(name = "${listOf("Айгерім", "Данияр", "Josefa")[number % 3]} $number", phone = "+7 701 000 00 0$number", note = "…"))
            if (number % 2 == 0) qadam.contacts.logInteraction(id, Channel.CALL, "…")
            if (number == 3) qadam.contacts.edit(id, ContactEdit(doNotContact = true, followUp = "2027-01-31", birthday = "05-17"))
            if (number == 3) qadam.contacts.tag(id, "VIP")
        }
        qadam.learning.finishReading(FIRST)
        qadam.learning.quiz(FIRST)
        qadam.learning.handIn(FIRST)
        phone.qadam.sync.now()
        return phone
    }

    private fun render(phone: Phone, given: Given, variant: Variant, faults: MutableList<String>): List<Pair<String, BufferedImage>> {
        val shown = mutableListOf<Pair<String, BufferedImage>>()
        val contact = now { phone.qadam.contacts.page() }.contacts.first { it.doNotContact }.id
        val free = now { phone.qadam.contacts.page() }.contacts.first { !it.doNotContact }.id
        var name by mutableStateOf("")
        runSkikoComposeUiTest(Size(variant.width * DENSITY, HEIGHT * DENSITY), Density(DENSITY, variant.fontScale)) {
            setContent {
                key(name) {
                    Within(remember { Process() }) {
                        val platform = WithCamera(platform("http://127.0.0.1:8740", variant.locale))
                        CompositionLocalProvider(LocalPlatform provides platform, LocalTexts provides Texts(variant.locale)) {
                            QadamTheme(platform.font, variant.dark) { Surface { screen(name, phone, given, variant.locale, contact, free) } }
                        }
                    }
                }
            }
            for (screen in SCREENS) {
                name = screen
                waitForIdle()
                settle()
                shown += screen to onRoot().captureToImage().toAwtImage()
                var turn = 0
                do {
                    faults += faults("$screen ($variant)")
                } while (turn++ < 12 && turnOn())
            }
        }
        return shown
    }

    /** The core answers in real time. */
    private fun ComposeUiTest.settle() {
        var before = -1
        repeat(40) {
            Thread.sleep(15)
            waitForIdle()
            val nodes = onAllNodes(isRoot()).fetchSemanticsNodes().sumOf { count(it) }
            if (nodes == before && nodes > 3 && it > 3) return
            before = nodes
        }
    }

    private fun count(node: SemanticsNode): Int = 1 + node.children.sumOf { count(it) }

    /** Turns the list on by a screen; whether there was more of it. */
    private fun ComposeUiTest.turnOn(): Boolean {
        val lists = onAllNodes(hasScrollToNodeAction())
        val node = lists.fetchSemanticsNodes(atLeastOneRootRequired = false).firstOrNull() ?: return false
        val range = node.config.getOrNull(SemanticsProperties.VerticalScrollAxisRange) ?: return false
        val before = range.value()
        lists.onFirst().performSemanticsAction(SemanticsActions.ScrollBy) { it(0f, node.size.height * 0.8f) }
        waitForIdle()
        return range.value() > before
    }

    private fun ComposeUiTest.faults(where: String): List<String> = buildList {
        val texts = mutableListOf<Pair<String, Rect>>()
        fun visit(node: SemanticsNode, unmerged: Boolean) {
            val text = node.config.getOrNull(SemanticsProperties.Text)?.joinToString { it.text }
            val bounds = node.boundsInRoot
            // What was scrolled out of sight may still be kept, to be used again.
            if (!node.layoutInfo.isPlaced) return
            if (unmerged && text != null && bounds.width > 0 && bounds.height > 0) {
                val layouts = mutableListOf<TextLayoutResult>()
                node.config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(layouts)
                for (layout in layouts) {
                    if (layout.cut()) add("$where: cut off: $text")
                    layout.broken()?.let { add("$where: broken: $it") }
                }
                if (bounds.right > onRoot().fetchSemanticsNode().size.width + 1) add("$where: over the edge: $text")
                texts += text to bounds
            }
            val touch = node.config.getOrNull(SemanticsActions.OnClick) != null
            if (!unmerged && touch && bounds.height > 0) {
                val target = node.touchBoundsInRoot
                val seen = node.size.height <= bounds.height + 1
                if (seen && (target.height < 48 * DENSITY - 1 || target.width < 48 * DENSITY - 1)) add("$where: too small to touch: ${label(node)} $target")
                if (label(node).isBlank()) add("$where: says nothing: $bounds")
            }
            for (child in node.children) visit(child, unmerged)
        }
        for (root in onAllNodes(isRoot(), useUnmergedTree = true).fetchSemanticsNodes()) visit(root, unmerged = true)
        for (root in onAllNodes(isRoot()).fetchSemanticsNodes()) visit(root, unmerged = false)
        for ((at, one) in texts.withIndex()) {
            for (other in texts.drop(at + 1)) {
                val common = one.second.intersect(other.second)
                if (common.width > 1 && common.height > 1) add("$where: one over the other: $one / $other")
            }
        }
    }

    /** Lines that are wider, or all of them higher, than the place that they have; half a pixel is rounding. */
    private fun TextLayoutResult.cut(): Boolean =
        multiParagraph.didExceedMaxLines || multiParagraph.height > size.height + 1 ||
            (0 until lineCount).any { isLineEllipsized(it) || getLineRight(it) > size.width + 1 }

    /** A word that goes on in the next line without a hyphen. */
    private fun TextLayoutResult.broken(): String? {
        val text = layoutInput.text.text
        val at = (0 until lineCount - 1).map { getLineEnd(it) }.firstOrNull { text[it - 1].isLetterOrDigit() && text[it].isLetterOrDigit() }
        return at?.let { text.substring(0, it) + "|" + text.substring(it) }
    }

    private fun label(node: SemanticsNode): String {
        val own = node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() +
            node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text } +
            listOfNotNull(node.config.getOrNull(SemanticsProperties.EditableText)?.text)
        return own.joinToString()
    }

    /** The screens of a variant beside each other. */
    private fun sheet(shown: List<Pair<String, BufferedImage>>, variant: Variant) {
        val columns = 9
        val rows = (shown.size + columns - 1) / columns
        val sheet = BufferedImage(columns * (variant.width + 8), rows * (HEIGHT + 8), BufferedImage.TYPE_INT_RGB)
        val graphics = sheet.createGraphics()
        graphics.color = Color.GRAY
        graphics.fillRect(0, 0, sheet.width, sheet.height)
        shown.forEachIndexed { at, (_, picture) -> graphics.drawImage(picture, at % columns * (variant.width + 8), at / columns * (HEIGHT + 8), null) }
        graphics.dispose()
        Files.createDirectories(pictures)
        val name = "${variant.locale}-${variant.width}-${if (variant.dark) "dark" else "light"}-${(variant.fontScale * 100).roundToInt()}"
        ImageIO.write(sheet, "png", pictures.resolve("$name.png").toFile())
        if (variant.locale == "kk" && variant.width == 411 && variant.fontScale == 1f) {
            for ((screen, picture) in shown) ImageIO.write(picture, "png", pictures.resolve("$screen-$name.png").toFile())
        }
    }
}

/** A phone, with what the desk lacks. */
private class WithCamera(desk: Platform) : Platform by desk {
    @Composable
    override fun codeScanner(read: (String) -> Unit): () -> Unit = {}

    @Composable
    override fun contactPicker(picked: (PhoneContact) -> Unit): () -> Unit = {}
}

private const val FIRST = "what-this-business-is"

private val SCREENS = listOf(
    "sign-in", "today", "today-full", "learn", "lesson", "locked", "quiz", "failed", "passed", "reviews", "reviewed", "no-reviews", "plan", "me", "me-streak",
    "contacts", "contact", "contact-free", "contact-edit", "contact-new", "people", "no-people", "offers", "no-offers", "reminders", "no-reminders", "reminder-edit", "messages", "no-messages", "why", "settings", "sync", "refused",
    "welcome", "failure",
)

@Composable
private fun screen(name: String, phone: Phone, given: Given, locale: String, contact: String, free: String) {
    val qadam = phone.qadam
    val platform = LocalPlatform.current
    val saved = remember { SavedStateHandle() }
    when (name) {
        "sign-in" -> SignInScreen(viewModel { SignInViewModel(qadam, platform, saved) }, Locales, locale) {}
        "today" -> TodayScreen(viewModel { TodayViewModel(qadam) }, locale, 2, true) {}
        "today-full" -> TodayScreen(Load.Ready(given.today), NoModel, noToday, locale, 2, true) {}
        "learn" -> LearnScreen(viewModel { LearnViewModel(qadam) }, locale) {}
        "lesson" -> LessonScreen(viewModel { LessonViewModel(qadam, FIRST, saved) }, locale, {}, {}) {}
        "locked" -> LessonScreen(viewModel { LessonViewModel(qadam, "honest-earnings", saved) }, locale, {}, {}) {}
        "quiz" -> QuizScreen(viewModel { QuizViewModel(qadam, FIRST, saved) }, locale, {}) {}
        "failed" -> QuizScreen(Load.Ready(given.failed), NoModel, noQuiz, locale, {}) {}
        "passed" -> QuizScreen(Load.Ready(given.passed), NoModel, noQuiz, locale, {}) {}
        "reviews" -> ReviewsScreen(Load.Ready(given.reviews), NoModel, noReviews, locale) {}
        "reviewed" -> ReviewsScreen(Load.Ready(given.reviewed), NoModel, noReviews, locale) {}
        "no-reviews" -> ReviewsScreen(viewModel { ReviewsViewModel(qadam) }, locale) {}
        "plan" -> PlanScreen(viewModel { PlanViewModel(qadam) }, locale, {}) {}
        "me" -> MeScreen(viewModel { MeViewModel(qadam) }, locale) {}
        "me-streak" -> MeScreen(Load.Ready(given.me), NoModel, locale) {}
        "contacts" -> ContactsScreen(viewModel { ContactsViewModel(qadam, saved) }, locale) {}
        "contact" -> ContactScreen(viewModel { ContactViewModel(qadam, contact) }, locale, {}, {}) {}
        "contact-free" -> ContactScreen(viewModel { ContactViewModel(qadam, free) }, locale, {}, {}) {}
        "contact-edit" -> ContactEditScreen(viewModel { ContactEditViewModel(qadam, contact, saved) }, false, {}) {}
        "contact-new" -> ContactEditScreen(viewModel { ContactEditViewModel(qadam, null, saved) }, true, {}) {}
        "people" -> PeopleScreen(Load.Ready(given.people), NoModel, {}, locale, {}) {}
        "no-people" -> PeopleScreen(viewModel { PeopleViewModel(qadam) }, locale, {}) {}
        "offers" -> OffersScreen(Load.Ready(given.offers), NoModel, locale) {}
        "no-offers" -> OffersScreen(viewModel { OffersViewModel(qadam) }, locale) {}
        "reminders" -> RemindersScreen(Load.Ready(given.reminders), NoModel, { _, _ -> }, {}, locale, {}) {}
        "no-reminders" -> RemindersScreen(viewModel { RemindersViewModel(qadam) }, locale, {}) {}
        "reminder-edit" -> ReminderEditScreen(viewModel { ReminderEditViewModel(qadam, null, "Айгерім", saved) }, true) {}
        "messages" -> MessagesScreen(Load.Ready(given.messages), NoModel, locale, {}) {}
        "no-messages" -> MessagesScreen(viewModel { MessagesViewModel(qadam) }, locale, {}) {}
        "why" -> WhyScreen(Load.Ready(given.why), NoModel, { _, _ -> }, { _, _ -> }, locale) {}
        "settings" -> SettingsScreen(viewModel { SettingsViewModel(qadam, platform).also { it.export() } }, locale, {}) {}
        "sync" -> SyncScreen(viewModel { SyncViewModel(qadam) }, locale) {}
        "refused" -> SyncScreen(Load.Ready(given.refused), NoModel, {}, {}, locale) {}
        "failure" -> LoadedScreen<Unit>({ "" }, Load.Failed(QadamException.ContentMissing()), NoModel) {}
        "welcome" -> WelcomeScreen(viewModel { WelcomeViewModel(qadam) }) {}
    }
}
