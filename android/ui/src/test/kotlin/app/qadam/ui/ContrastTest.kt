package app.qadam.ui

import androidx.compose.material3.ColorScheme
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import kotlin.test.Test
import kotlin.test.assertTrue

class ContrastTest {
    /** Of what is written and what it is written on, WCAG 2.2, 1.4.3. */
    @Test
    fun everyPairOfColoursCanBeRead() {
        for (colors in listOf(LightColors, DarkColors)) {
            for ((name, pair) in pairs(colors)) assertTrue(contrast(pair.first, pair.second) >= 4.5, "$name: ${contrast(pair.first, pair.second)}")
        }
    }

    private fun pairs(c: ColorScheme): Map<String, Pair<Color, Color>> = buildMap {
        put("button", c.onPrimary to c.primary)
        put("text", c.onSurface to c.surface)
        put("small text", c.onSurfaceVariant to c.surface)
        for ((name, ground) in listOf("tile" to c.surfaceContainer, "sign" to c.surfaceContainerHigh, "screen" to c.surface, "menu" to c.surfaceContainer)) {
            put("$name, text", c.onSurface to ground)
            put("$name, small text", c.onSurfaceVariant to ground)
            put("$name, link", c.primary to ground)
            put("$name, partly right", c.secondary to ground)
            put("$name, wrong", c.error to ground)
        }
        for ((name, pair) in listOf(
            "primary" to (c.onPrimaryContainer to c.primaryContainer),
            "secondary" to (c.onSecondaryContainer to c.secondaryContainer),
            "tertiary" to (c.onTertiaryContainer to c.tertiaryContainer),
            "error" to (c.onErrorContainer to c.errorContainer),
        )) {
            put("$name tile", pair)
            put("$name tile, link", c.primary to pair.second)
            put("$name tile, small text", c.onSurfaceVariant to pair.second)
        }
    }

    private fun contrast(one: Color, other: Color): Double {
        val (dark, light) = listOf(one.luminance().toDouble(), other.luminance().toDouble()).sorted()
        return (light + 0.05) / (dark + 0.05)
    }
}
