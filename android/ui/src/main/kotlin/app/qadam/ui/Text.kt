package app.qadam.ui

import androidx.compose.foundation.text.TextAutoSize
import androidx.compose.foundation.text.modifiers.TextAutoSizeLayoutScope
import androidx.compose.material3.LocalTextStyle
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Constraints
import androidx.compose.ui.unit.TextUnit
import androidx.compose.ui.unit.isSpecified
import androidx.compose.ui.unit.sp
import androidx.compose.material3.Text as MaterialText

/** Material's, whose words stay whole. */
@Composable
fun Text(
    text: String,
    modifier: Modifier = Modifier,
    color: Color = Color.Unspecified,
    style: TextStyle = LocalTextStyle.current,
    textAlign: TextAlign? = null,
) = Text(AnnotatedString(text), modifier, color, style, textAlign)

@Composable
fun Text(
    text: AnnotatedString,
    modifier: Modifier = Modifier,
    color: Color = Color.Unspecified,
    style: TextStyle = LocalTextStyle.current,
    textAlign: TextAlign? = null,
) = MaterialText(text, modifier, color, autoSize = WholeWords(if (style.fontSize.isSpecified) style.fontSize else 14.sp), textAlign = textAlign, style = style)

/** At twice the size of the font a Russian or Kazakh word is wider than a small phone: the text is then as large as its longest word allows. */
private data class WholeWords(val size: TextUnit) : TextAutoSize {
    override fun TextAutoSizeLayoutScope.getFontSize(constraints: Constraints, text: AnnotatedString): TextUnit {
        var fitting = size
        repeat(STEPS) {
            if (!performLayout(constraints, text, fitting).breaksWord()) return fitting
            fitting *= STEP
        }
        return fitting
    }
}

private const val STEP = 0.92f

/** Down to half of the size: no smaller than the person has it without the larger font. */
private const val STEPS = 8

private fun TextLayoutResult.breaksWord(): Boolean {
    val text = layoutInput.text.text
    return (0 until lineCount - 1).map { getLineEnd(it) }.any { it in 1 until text.length && text[it - 1].isLetterOrDigit() && text[it].isLetterOrDigit() }
}
