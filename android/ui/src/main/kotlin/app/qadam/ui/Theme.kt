package app.qadam.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.Hyphens
import androidx.compose.ui.text.style.LineBreak
import androidx.compose.ui.unit.sp

/** By day. Each pair of a colour and what is written on it has a contrast of 4.5 or more (WCAG 2.2, AA). */
val LightColors: ColorScheme = lightColorScheme(
    primary = Color(0xFF0B6B57),
    onPrimary = Color(0xFFFFFFFF),
    primaryContainer = Color(0xFFCDEFE4),
    onPrimaryContainer = Color(0xFF00382C),
    secondary = Color(0xFF7A4B00),
    onSecondary = Color(0xFFFFFFFF),
    secondaryContainer = Color(0xFFFFE3B8),
    onSecondaryContainer = Color(0xFF3D2600),
    tertiary = Color(0xFF3F5AA6),
    onTertiary = Color(0xFFFFFFFF),
    tertiaryContainer = Color(0xFFDCE4FF),
    onTertiaryContainer = Color(0xFF14275C),
    background = Color(0xFFFBFAF7),
    onBackground = Color(0xFF1C1C1A),
    surface = Color(0xFFFBFAF7),
    onSurface = Color(0xFF1C1C1A),
    surfaceVariant = Color(0xFFECEAE4),
    onSurfaceVariant = Color(0xFF4A4A45),
    surfaceContainerLowest = Color(0xFFFFFFFF),
    surfaceContainerLow = Color(0xFFF6F4EF),
    surfaceContainer = Color(0xFFF1EFEA),
    surfaceContainerHigh = Color(0xFFECEAE4),
    surfaceContainerHighest = Color(0xFFE6E4DE),
    outline = Color(0xFF6E6E68),
    outlineVariant = Color(0xFFCFCDC6),
    error = Color(0xFFA62B1F),
    onError = Color(0xFFFFFFFF),
    errorContainer = Color(0xFFFFDAD4),
    onErrorContainer = Color(0xFF5C0F07),
)

/** By night. The same contrasts. */
val DarkColors: ColorScheme = darkColorScheme(
    primary = Color(0xFF7FD8BF),
    onPrimary = Color(0xFF00382C),
    primaryContainer = Color(0xFF0A4F41),
    onPrimaryContainer = Color(0xFFCDEFE4),
    secondary = Color(0xFFF3BE6B),
    onSecondary = Color(0xFF3D2600),
    secondaryContainer = Color(0xFF5A3900),
    onSecondaryContainer = Color(0xFFFFE3B8),
    tertiary = Color(0xFFB4C5FF),
    onTertiary = Color(0xFF14275C),
    tertiaryContainer = Color(0xFF2D428A),
    onTertiaryContainer = Color(0xFFDCE4FF),
    background = Color(0xFF141513),
    onBackground = Color(0xFFE7E5E0),
    surface = Color(0xFF141513),
    onSurface = Color(0xFFE7E5E0),
    surfaceVariant = Color(0xFF2E2F2C),
    onSurfaceVariant = Color(0xFFC6C5BE),
    surfaceContainerLowest = Color(0xFF0E0F0D),
    surfaceContainerLow = Color(0xFF1A1B19),
    surfaceContainer = Color(0xFF1F201E),
    surfaceContainerHigh = Color(0xFF292A28),
    surfaceContainerHighest = Color(0xFF343532),
    outline = Color(0xFF94938C),
    outlineVariant = Color(0xFF4A4B47),
    error = Color(0xFFFFB4A8),
    onError = Color(0xFF5C0F07),
    errorContainer = Color(0xFF7E1C12),
    onErrorContainer = Color(0xFFFFDAD4),
)

/** Long words, as Kazakh and Russian have them, break with a hyphen before they are cut off. */
private fun TextStyle.ours(family: FontFamily) =
    copy(fontFamily = family, hyphens = Hyphens.Auto, lineBreak = LineBreak.Paragraph)

private fun typography(family: FontFamily): Typography = with(Typography()) {
    copy(
        headlineMedium = headlineMedium.ours(family).copy(fontWeight = FontWeight.Bold, fontSize = 26.sp, lineHeight = 34.sp),
        headlineSmall = headlineSmall.ours(family).copy(fontWeight = FontWeight.Bold, fontSize = 22.sp, lineHeight = 30.sp),
        titleLarge = titleLarge.ours(family).copy(fontWeight = FontWeight.Bold),
        titleMedium = titleMedium.ours(family).copy(fontWeight = FontWeight.Bold),
        titleSmall = titleSmall.ours(family),
        bodyLarge = bodyLarge.ours(family),
        bodyMedium = bodyMedium.ours(family),
        bodySmall = bodySmall.ours(family),
        labelLarge = labelLarge.ours(family),
        labelMedium = labelMedium.ours(family),
        labelSmall = labelSmall.ours(family),
    )
}

@Composable
fun QadamTheme(font: FontFamily, dark: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    MaterialTheme(if (dark) DarkColors else LightColors, typography = typography(font), content = content)
}
