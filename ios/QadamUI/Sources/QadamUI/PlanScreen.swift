import Qadam
import QadamModels
import SwiftUI

struct PlanScreen: View {
    @State private var model: PlanViewModel
    /// The phase that runs is open; others open with a touch.
    @State private var open: String?
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    init(_ qadam: Qadam) {
        _model = State(initialValue: PlanViewModel(qadam))
    }

    var body: some View {
        Screen(texts.planTitle, model.state, model) { state in
            if let journey = state.journey {
                glance(journey)
                if !journey.moves.isEmpty {
                    Headline(texts.planMovedTitle)
                    ForEach(journey.moves.indices, id: \.self) { Small(texts.of(journey.moves[$0], language)) }
                    Quiet(texts.planMovedSeen) { model.movesSeen() }
                }
                ForEach(journey.pauses, id: \.id) { pause in
                    Text(texts.planPause(from: date(pause.from, language), until: date(pause.until, language)))
                    Quiet(texts.planResume) { model.resume(pause.id) }
                }
                ForEach(journey.phases, id: \.id) { phase in
                    let shown = open == phase.id || open == nil && phase.status == .current
                    DisclosureGroup(isExpanded: bound(shown) { open = $0 ? phase.id : "" }) {
                        ForEach(phase.tasks, id: \.id) { task in
                            TaskRow(task) { model.complete($0, item: $1) } reopen: { model.reopen($0, item: $1) }
                        }
                    } label: {
                        PhaseLabel(phase: phase)
                    }
                }
                if !journey.pauses.contains(where: \.current) {
                    Choice(texts.planPauseFor, [3, 7, 14].map { Option($0, texts.days(count: Int64($0))) }, nil) { model.pause($0) }
                }
            } else {
                Note(texts.planNone)
            }
        }
    }

    private func glance(_ journey: JourneyView) -> some View {
        VStack(alignment: .leading, spacing: 6) {
            Text(texts.planDay(day: Int64(journey.today.day), days: Int64(journey.today.days))).font(.headline)
            Bar(Int(journey.today.percent))
            Small(texts.planTasks(done: Int64(journey.done), of: Int64(journey.of)))
            Small(texts.planDates(from: date(journey.begins, language), until: date(journey.ends, language)))
        }
    }
}

private struct PhaseLabel: View {
    let phase: PhaseView
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            Text(phase.title).font(.headline)
            Small(texts.of(phase, language))
            Bar(Int(phase.percent))
            Small(texts.planTasks(done: Int64(phase.done), of: Int64(phase.of)))
        }
        .frame(minHeight: touchTarget)
    }
}
