package app.qadam.ui

import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import app.qadam.core.AnswerInput
import app.qadam.core.OptionView
import app.qadam.core.Phones
import app.qadam.core.Qadam
import app.qadam.core.QuestionKind
import app.qadam.core.QuestionView

/** Right answers of a lesson's questions, as somebody finds them out who takes its quiz again and again. */
fun solutions(phones: Phones, lesson: String): Map<String, AnswerInput> = now {
    val (phone, _) = phones.ofNewPerson()
    val known = mutableMapOf<String, AnswerInput>()
    repeat(20) {
        phone.qadam.learning.quiz(lesson)
        phone.qadam.learning.handIn(lesson).graded.associateTo(known) { it.question to it.solution }
    }
    known
}

/** Answers through the screen what is known, question by question, and hands in. */
@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.takeQuiz(qadam: Qadam, lesson: String, known: Map<String, AnswerInput>) {
    val quiz = now { qadam.learning.quiz(lesson) }
    quiz.questions.forEachIndexed { at, question ->
        await(texts.quizQuestion(at = at + 1L, of = quiz.questions.size.toLong()))
        known[question.id]?.let { answer(question, it) }
        touch(hasText(if (at == quiz.questions.size - 1) texts.quizHandIn else texts.quizNext) and hasClickAction())
    }
}

private val noLabel = SemanticsMatcher.keyNotDefined(SemanticsProperties.ContentDescription)

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.answer(question: QuestionView, answer: AnswerInput) {
    fun choose(text: String) = touch(hasText(text) and hasClickAction() and noLabel)
    fun List<OptionView>.text(index: UInt) = single { it.index == index }.text
    when (val kind = question.kind) {
        is QuestionKind.Single -> choose(kind.options.text((answer as AnswerInput.Single).option))
        is QuestionKind.Multiple -> for (option in (answer as AnswerInput.Multiple).options) choose(kind.options.text(option))
        QuestionKind.TrueFalse -> choose(if ((answer as AnswerInput.TrueFalse).answer) texts.quizTrue else texts.quizFalse)
        QuestionKind.Numeric -> type(texts.quizNumber, (answer as AnswerInput.Number).text)
        QuestionKind.ShortText -> type(texts.quizText, (answer as AnswerInput.Text).text)
        is QuestionKind.Ordering -> {
            val order = kind.items.map { it.index }.toMutableList()
            (answer as AnswerInput.Order).items.forEachIndexed { to, item ->
                while (order.indexOf(item) > to) {
                    val from = order.indexOf(item)
                    touch(hasContentDescription(texts.quizMoveUp(text = kind.items.text(item))))
                    order.add(from - 1, order.removeAt(from))
                }
            }
        }
        is QuestionKind.Matching -> kind.left.zip((answer as AnswerInput.Match).choices).forEach { (left, choice) ->
            touch(hasContentDescription(left) and hasClickAction())
            choose(kind.right.text(checkNotNull(choice)))
        }
        is QuestionKind.Scenario -> {
            var step = kind.steps.first()
            for (choice in (answer as AnswerInput.Path).options) {
                val option = step.options.single { it.index == choice }
                choose(option.text)
                step = kind.steps.getOrNull(option.next?.toInt() ?: break) ?: break
            }
        }
    }
}
