package app.qadam.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.KeyboardArrowDown
import androidx.compose.material.icons.filled.KeyboardArrowUp
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import app.qadam.core.AnswerInput
import app.qadam.core.QuestionKind
import app.qadam.core.StepOptionView
import app.qadam.core.StepView
import app.qadam.core.Texts

/** An answer to any kind of question. */
@Composable
fun AnswerField(kind: QuestionKind, answer: AnswerInput?, change: (AnswerInput) -> Unit) {
    val texts = LocalTexts.current
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
        Small(texts.instruction(kind))
        when (kind) {
            is QuestionKind.Single ->
                Radios(kind.options.map { it.index to it.text }, (answer as? AnswerInput.Single)?.option) { change(AnswerInput.Single(it)) }
            is QuestionKind.Multiple -> {
                val chosen = (answer as? AnswerInput.Multiple)?.options.orEmpty()
                for (option in kind.options) {
                    CheckRow(option.text, option.index in chosen) { on ->
                        change(AnswerInput.Multiple((if (on) chosen + option.index else chosen - option.index).sorted()))
                    }
                }
            }
            QuestionKind.TrueFalse ->
                Radios(listOf(true to texts.quizTrue, false to texts.quizFalse), (answer as? AnswerInput.TrueFalse)?.answer) { change(AnswerInput.TrueFalse(it)) }
            QuestionKind.Numeric ->
                Field(texts.quizNumber, (answer as? AnswerInput.Number)?.text.orEmpty(), KeyboardType.Decimal, ImeAction.Done) { change(AnswerInput.Number(it)) }
            QuestionKind.ShortText ->
                Field(texts.quizText, (answer as? AnswerInput.Text)?.text.orEmpty(), ime = ImeAction.Done) { change(AnswerInput.Text(it)) }
            is QuestionKind.Ordering -> Ordering(kind, (answer as? AnswerInput.Order)?.items ?: kind.items.map { it.index }, change)
            is QuestionKind.Matching -> {
                val chosen = (answer as? AnswerInput.Match)?.choices ?: kind.left.map { null }
                kind.left.forEachIndexed { at, left ->
                    Choice(left, kind.right.map { it.index to it.text }, chosen.getOrNull(at)) { choice ->
                        change(AnswerInput.Match(chosen.mapIndexed { index, old -> if (index == at) choice else old }))
                    }
                }
            }
            is QuestionKind.Scenario -> Scenario(kind, (answer as? AnswerInput.Path)?.options.orEmpty(), change)
        }
    }
}

/** Moved with two buttons: a finger on a small phone, a keyboard and a switch reach them alike. */
@Composable
private fun Ordering(kind: QuestionKind.Ordering, order: List<UInt>, change: (AnswerInput) -> Unit) {
    val texts = LocalTexts.current
    val words = kind.items.associate { it.index to it.text }
    fun swap(at: Int, with: Int) = change(AnswerInput.Order(order.toMutableList().also { it[at] = order[with]; it[with] = order[at] }))
    order.forEachIndexed { at, item ->
        val text = words[item].orEmpty()
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            Text("${at + 1}. $text", Modifier.weight(1f))
            if (at > 0) Action(Icons.Filled.KeyboardArrowUp, texts.quizMoveUp(text = text)) { swap(at, at - 1) }
            if (at < order.size - 1) Action(Icons.Filled.KeyboardArrowDown, texts.quizMoveDown(text = text)) { swap(at, at + 1) }
        }
    }
}

/** Told step by step: what was chosen stays in sight and can be chosen anew, which takes back what came after. */
@Composable
private fun Scenario(kind: QuestionKind.Scenario, path: List<UInt>, change: (AnswerInput) -> Unit) {
    visited(kind.steps, path).forEachIndexed { at, (step, chosen) ->
        Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
            for (block in step.prompt) BlockView(block)
            Radios(step.options.map { it.index to it.text }, chosen?.index) { change(AnswerInput.Path(path.take(at) + it)) }
        }
    }
}

/** The steps up to the one that waits for a choice, with what was chosen. */
private fun visited(steps: List<StepView>, path: List<UInt>): List<Pair<StepView, StepOptionView?>> = buildList {
    var step: StepView? = steps.firstOrNull()
    for (choice in path) {
        val here = step ?: return@buildList
        val option = here.options.firstOrNull { it.index == choice } ?: break
        add(here to option)
        step = option.next?.let { steps.getOrNull(it.toInt()) }
        if (step == null) return@buildList
    }
    step?.let { add(it to null) }
}

private fun Texts.instruction(kind: QuestionKind): String = when (kind) {
    is QuestionKind.Single -> quizSingle
    is QuestionKind.Multiple -> quizMultiple
    QuestionKind.TrueFalse -> quizTrueFalse
    QuestionKind.Numeric -> quizNumeric
    QuestionKind.ShortText -> quizShortText
    is QuestionKind.Ordering -> quizOrdering
    is QuestionKind.Matching -> quizMatching
    is QuestionKind.Scenario -> quizScenario
}

/** An answer in words. */
fun Texts.of(kind: QuestionKind, answer: AnswerInput): String = when (answer) {
    is AnswerInput.Single -> (kind as? QuestionKind.Single)?.options?.firstOrNull { it.index == answer.option }?.text.orEmpty()
    is AnswerInput.Multiple -> (kind as? QuestionKind.Multiple)?.options?.filter { it.index in answer.options }?.joinToString("; ") { it.text }.orEmpty()
    is AnswerInput.TrueFalse -> if (answer.answer) quizTrue else quizFalse
    is AnswerInput.Number -> answer.text
    is AnswerInput.Text -> answer.text
    is AnswerInput.Order -> (kind as? QuestionKind.Ordering)?.let { ordering ->
        answer.items.mapNotNull { item -> ordering.items.firstOrNull { it.index == item }?.text }.joinToString(" → ")
    }.orEmpty()
    is AnswerInput.Match -> (kind as? QuestionKind.Matching)?.let { matching ->
        matching.left.zip(answer.choices).mapNotNull { (left, choice) ->
            matching.right.firstOrNull { it.index == choice }?.let { "$left: ${it.text}" }
        }.joinToString("; ")
    }.orEmpty()
    is AnswerInput.Path -> (kind as? QuestionKind.Scenario)?.let { scenario ->
        visited(scenario.steps, answer.options).mapNotNull { it.second?.text }.joinToString(" → ")
    }.orEmpty()
    AnswerInput.Skipped -> quizSkipped
}
