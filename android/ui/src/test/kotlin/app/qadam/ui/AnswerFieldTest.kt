package app.qadam.ui

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.ui.Modifier
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.v2.runComposeUiTest
import app.qadam.core.AnswerInput
import app.qadam.core.Block
import app.qadam.core.OptionView
import app.qadam.core.QuestionKind
import app.qadam.core.QuestionView
import app.qadam.core.Span
import app.qadam.core.StepOptionView
import app.qadam.core.StepView
import kotlin.test.Test
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class AnswerFieldTest {
    /** Not in the order of their numbers: answers name options by index, whatever their place. */
    private val options = listOf(OptionView(2u, "two"), OptionView(0u, "nought"), OptionView(1u, "one"))

    @Test
    fun oneOption() = gives(QuestionKind.Single(options), AnswerInput.Single(1u))

    @Test
    fun severalOptions() = gives(QuestionKind.Multiple(options), AnswerInput.Multiple(listOf(0u, 2u)))

    @Test
    fun trueOrFalse() = gives(QuestionKind.TrueFalse, AnswerInput.TrueFalse(false))

    @Test
    fun number() = gives(QuestionKind.Numeric, AnswerInput.Number("12,5"))

    @Test
    fun words() = gives(QuestionKind.ShortText, AnswerInput.Text("қадам"))

    @Test
    fun order() = gives(QuestionKind.Ordering(options), AnswerInput.Order(listOf(1u, 0u, 2u)))

    @Test
    fun pairs() = gives(QuestionKind.Matching(listOf("left", "right"), options), AnswerInput.Match(listOf(0u, 2u)))

    @Test
    fun story() {
        fun step(prompt: String, vararg options: StepOptionView) =
            StepView(listOf(Block.Paragraph(listOf(Span(prompt, false, false, null)))), options.toList())
        val kind = QuestionKind.Scenario(
            listOf(
                step("She asks what you earn.", StepOptionView(1u, "A lot", null), StepOptionView(0u, "So far little", 1u)),
                step("She nods.", StepOptionView(0u, "Offer tea", null), StepOptionView(1u, "Show the product", null)),
            ),
        )
        gives(kind, AnswerInput.Path(listOf(0u, 1u)))
    }

    /** What was chosen on the screen is the answer. */
    private fun gives(kind: QuestionKind, wanted: AnswerInput) = runComposeUiTest {
        var answer by mutableStateOf<AnswerInput?>(null)
        setContent {
            CompositionLocalProvider(LocalPlatform provides platform(), LocalTexts provides texts) {
                Column(Modifier.verticalScroll(rememberScrollState())) { AnswerField(kind, answer) { answer = it } }
            }
        }
        answer(QuestionView("question", emptyList(), kind), wanted)
        assertEquals(wanted, answer)
    }
}
