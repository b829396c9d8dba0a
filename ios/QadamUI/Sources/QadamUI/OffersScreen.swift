import Qadam
import QadamModels
import SwiftUI

struct OffersScreen: View {
    @State private var model: OffersViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    init(_ qadam: Qadam) {
        _model = State(initialValue: OffersViewModel(qadam))
    }

    var body: some View {
        Screen(texts.offersTitle, model.state, model) { offers in
            if offers.isEmpty { Note(texts.offersEmpty) }
            ForEach(offers, id: \.id) { offer in
                VStack(alignment: .leading, spacing: 6) {
                    Text(offer.reward).font(.headline)
                    if offer.status != .open { Text(texts.of(offer.status)) }
                    OfferProgress(offer: offer)
                    Small(texts.offerDates(from: date(offer.from, language), until: date(offer.until, language)))
                    if !offer.terms.isEmpty { Small(texts.offerTerms(terms: offer.terms)) }
                    if !offer.why.isEmpty { Small(texts.offerWhy(why: offer.why)) }
                    Compared(offer.compared)
                }
            }
        }
    }
}

/// How an offer stands, in short.
struct OfferProgress: View {
    let offer: OfferView
    @Environment(\.texts) private var texts

    var body: some View {
        Bar(offer.percent)
        Text(texts.of(offer))
        if offer.status == .open { Small(texts.offerDaysLeft(days: Int64(offer.daysLeft))) }
    }
}
