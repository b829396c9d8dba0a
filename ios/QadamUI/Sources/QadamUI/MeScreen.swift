import Qadam
import QadamModels
import SwiftUI

struct MeScreen: View {
    @State private var model: MeViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam) {
        _model = State(initialValue: MeViewModel(qadam))
    }

    var body: some View {
        Screen(texts.meTitle, model.state, model) { state in
            let awards = state.awards
            VStack(alignment: .leading, spacing: 6) {
                if let level = awards.level { Text(level.title).font(.title2) }
                Text(texts.mePoints(count: awards.points)).font(.headline)
                Bar(state.levelPercent)
                if let next = awards.nextLevel { Text(texts.meNextLevel(count: next.from - awards.points, title: next.title)) }
            }
            VStack(alignment: .leading, spacing: 6) {
                Text(awards.streak.days == 0 ? texts.streakNone : texts.streakDays(count: Int64(awards.streak.days))).font(.headline)
                Small(texts.streakLongest(count: Int64(awards.streak.longest)))
                Small(texts.streakFreezes(count: Int64(awards.streak.freezes)))
                StreakCalendar(days: state.calendar)
            }
            ResultsRow(results: state.results)
            Secondary(texts.offersOpen) { navigation.go(.offers) }
            Headline(texts.meBadges)
            ForEach(awards.badges, id: \.id) { badge in
                VStack(alignment: .leading, spacing: 6) {
                    Label(badge.title, systemImage: badge.earned == nil ? "circle.dashed" : "rosette").font(.headline)
                    Text(texts.of(badge, language))
                }
            }
            Headline(texts.meLedger)
            if awards.ledger.isEmpty { Note(texts.meLedgerEmpty) }
            ForEach(awards.ledger.indices, id: \.self) { at in
                VStack(alignment: .leading, spacing: 6) {
                    Text(texts.of(awards.ledger[at].source))
                    Small(texts.pointsOn(count: Int64(awards.ledger[at].points), date: date(awards.ledger[at].day, language)))
                }
            }
        }
    }
}

/// Days in rows of a week, today last; each is said with its date.
private struct StreakCalendar: View {
    let days: [(day: String, how: StreakDay)]
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    var body: some View {
        Small(texts.streakCalendar)
        ForEach(Array(stride(from: 0, to: days.count, by: 7)), id: \.self) { week in
            HStack {
                ForEach(week..<min(week + 7, days.count), id: \.self) { at in
                    let (day, how) = days[at]
                    VStack(spacing: 2) {
                        Small(day.suffix(2).hasPrefix("0") ? String(day.suffix(1)) : String(day.suffix(2)))
                        Text(verbatim: how.sign)
                    }
                    .frame(maxWidth: .infinity)
                    .accessibilityElement(children: .ignore)
                    .accessibilityLabel("\(date(day, language)): \(texts.of(how))")
                }
            }
        }
        ForEach(StreakDay.allCases, id: \.self) { Small("\($0.sign) \(texts.of($0))") }
    }
}

extension StreakDay {
    /// Not by colour alone.
    fileprivate var sign: String {
        switch self {
        case .active: "●"
        case .frozen: "◇"
        case .missed: "·"
        }
    }
}

/// What the back office confirmed; nothing at all where there is nothing.
private struct ResultsRow: View {
    let results: ResultsView
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    var body: some View {
        if results.rank != nil || !results.volumes.isEmpty || !results.sales.isEmpty {
            VStack(alignment: .leading, spacing: 6) {
                if let rank = results.rank { Text(texts.meRank(title: rank.title)).font(.headline) }
                if let next = results.nextRank { Small(texts.meNextRank(title: next.title, need: next.need)) }
                if let volume = results.volumes.first { Text(texts.meVolume(count: volume.customers, date: date(volume.day, language))) }
                Small(texts.meSales(count: Int64(results.sales.count { !$0.own && !$0.returned })))
            }
        }
    }
}
