package app.qadam.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import app.qadam.core.OfferStatus
import app.qadam.core.OfferUnit
import app.qadam.core.OfferView
import app.qadam.core.Texts

@Composable
fun OffersScreen(model: OffersViewModel, locale: String, back: () -> Unit) {
    val load by model.state.collectAsStateWithLifecycle()
    OffersScreen(load, model, locale, back)
}

@Composable
fun OffersScreen(load: Load<List<OfferView>>, model: ScreenViewModel, locale: String, back: () -> Unit) {
    val texts = LocalTexts.current
    LoadedScreen<List<OfferView>>({ texts.offersTitle }, load, model, back) { offers ->
        if (offers.isEmpty()) item { Note(texts.offersEmpty) }
        items(offers.size, { offers[it].id }) { index ->
            val offer = offers[index]
            val open = offer.status == OfferStatus.OPEN
            Tile(color = if (open) MaterialTheme.colorScheme.secondaryContainer else MaterialTheme.colorScheme.surfaceContainer) {
                Text(offer.reward, style = MaterialTheme.typography.titleMedium)
                if (!open) Text(texts.of(offer.status))
                OfferProgress(offer)
                Small(texts.offerDates(from = date(offer.from, locale), until = date(offer.until, locale)))
                if (offer.terms.isNotEmpty()) Small(texts.offerTerms(terms = offer.terms))
                if (offer.why.isNotEmpty()) Small(texts.offerWhy(why = offer.why))
                for (line in texts.lines(offer.compared)) Small(line)
            }
        }
    }
}

/** How an offer stands, in short. */
@Composable
fun OfferGlance(offer: OfferView, open: () -> Unit) {
    Tile(open, MaterialTheme.colorScheme.secondaryContainer) {
        Text(offer.reward, style = MaterialTheme.typography.titleMedium)
        OfferProgress(offer)
    }
}

@Composable
private fun OfferProgress(offer: OfferView) {
    val texts = LocalTexts.current
    Progress(offer.percent)
    Text(
        when (offer.unit) {
            OfferUnit.SALES -> texts.offerSales(count = offer.reached, need = offer.goal)
            OfferUnit.VOLUME -> texts.offerVolume(count = offer.reached, need = offer.goal)
        },
    )
    if (offer.status == OfferStatus.OPEN) Small(texts.offerDaysLeft(days = offer.daysLeft.toLong()))
}

private fun Texts.of(status: OfferStatus): String = when (status) {
    OfferStatus.OPEN -> offerStatusOpen
    OfferStatus.REACHED -> offerStatusReached
    OfferStatus.GIVEN -> offerStatusGiven
    OfferStatus.LAPSED -> offerStatusLapsed
    OfferStatus.WITHDRAWN -> offerStatusWithdrawn
    OfferStatus.OTHER -> offerStatusOther
}
