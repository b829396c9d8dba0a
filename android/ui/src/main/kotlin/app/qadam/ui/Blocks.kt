package app.qadam.ui

import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.LinkAnnotation
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.TextLinkStyles
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.font.FontStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.text.withLink
import androidx.compose.ui.text.withStyle
import androidx.compose.ui.unit.dp
import app.qadam.core.Block
import app.qadam.core.MediaKind
import app.qadam.core.MediaView
import app.qadam.core.Span
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** A piece of a text in native views. */
@Composable
fun BlockView(block: Block) {
    when (block) {
        is Block.Heading -> Text(
            spans(block.spans),
            Modifier.semantics { heading() },
            style = if (block.level <= 1u) MaterialTheme.typography.headlineSmall else MaterialTheme.typography.titleLarge,
        )
        is Block.Paragraph -> Text(spans(block.spans), style = MaterialTheme.typography.bodyLarge)
        is Block.Listing -> Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
            block.items.forEachIndexed { index, item ->
                Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(8.dp)) {
                    Text(if (block.ordered) "${index + 1}." else "•", style = MaterialTheme.typography.bodyLarge)
                    Text(spans(item), Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
                }
            }
        }
        is Block.Quote -> Row(Modifier.height(IntrinsicSize.Min), Arrangement.spacedBy(12.dp)) {
            Surface(Modifier.width(4.dp).fillMaxHeight(), color = MaterialTheme.colorScheme.primary) {}
            Text(spans(block.spans), Modifier.weight(1f).padding(vertical = 4.dp), style = MaterialTheme.typography.bodyLarge.copy(fontStyle = FontStyle.Italic))
        }
        is Block.Media -> Medium(block.media)
    }
}

@Composable
private fun spans(spans: List<Span>): AnnotatedString {
    val platform = LocalPlatform.current
    val link = SpanStyle(MaterialTheme.colorScheme.primary, textDecoration = TextDecoration.Underline)
    return buildAnnotatedString {
        for (span in spans) {
            val style = SpanStyle(
                fontStyle = if (span.emphasis) FontStyle.Italic else null,
                fontWeight = if (span.strong) FontWeight.Bold else null,
            )
            val address = span.link
            if (address == null) {
                withStyle(style) { append(span.text) }
            } else {
                withLink(LinkAnnotation.Clickable(address, TextLinkStyles(link)) { platform.open(address) }) {
                    withStyle(style) { append(span.text) }
                }
            }
        }
    }
}

/** A picture, or a sound or video to be opened; its description and transcript are there for who can't see or hear it. */
@Composable
fun Medium(media: MediaView) {
    val texts = LocalTexts.current
    val platform = LocalPlatform.current
    val path = media.path
    Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
        when {
            path == null -> Small(texts.mediaNotHere)
            media.kind == MediaKind.PICTURE -> {
                val picture by produceState<ImageBitmap?>(null, path) { value = withContext(Dispatchers.IO) { platform.picture(path) } }
                picture?.let { Image(it, media.description, Modifier.fillMaxWidth(), contentScale = ContentScale.FillWidth) }
            }
            else -> Secondary(if (media.kind == MediaKind.VIDEO) texts.mediaPlayVideo else texts.mediaPlaySound) { platform.open(path) }
        }
        Small(media.description)
        media.transcript?.let { transcript ->
            var shown by rememberSaveable(media.name) { mutableStateOf(false) }
            if (shown) Text(transcript) else Quiet(texts.mediaTranscript) { shown = true }
        }
    }
}
