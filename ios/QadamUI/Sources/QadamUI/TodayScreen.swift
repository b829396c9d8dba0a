import Qadam
import QadamModels
import SwiftUI

struct TodayScreen: View {
    @State private var model: TodayViewModel
    private let inside: AppState.Inside
    @Environment(\.texts) private var texts
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ inside: AppState.Inside) {
        _model = State(initialValue: TodayViewModel(qadam))
        self.inside = inside
    }

    var body: some View {
        Screen(texts.todayTitle, model.state, model) { state in
            Text(texts.todayGreeting(name: state.name))
            if state.welcome {
                Tile { navigation.go(.welcome) } content: {
                    Text(texts.welcomeTitle).font(.headline)
                    Text(texts.welcomeInvite)
                }
            }
            ForEach(state.notices, id: \.id) { NoticeRow(notice: $0) { model.seen($0) } }
            if let plan = state.plan {
                PlanGlance(plan: plan)
                if plan.tasks.isEmpty, plan.status == .running { Note(texts.todayAllDone) }
                ForEach(plan.tasks, id: \.id) { task in
                    TaskRow(task) { model.complete($0, item: $1) } reopen: { model.reopen($0, item: $1) }
                }
            }
            if !state.offers.isEmpty { Headline(texts.offersTitle) }
            ForEach(state.offers, id: \.id) { offer in
                Tile { navigation.go(.offers) } content: {
                    Text(offer.reward).font(.headline)
                    OfferProgress(offer: offer)
                }
            }
            if state.reviewsDue > 0 {
                Tile { navigation.go(.reviews) } content: {
                    Text(texts.reviewsTitle).font(.headline)
                    Text(texts.reviewsDue(count: Int64(state.reviewsDue)))
                }
            }
            if let lesson = state.lesson {
                Tile { navigation.go(.lesson(id: lesson.id)) } content: {
                    Small(texts.todayNextLesson)
                    Text(lesson.title).font(.headline)
                    Text(texts.lessonMinutes(count: Int64(lesson.minutes)))
                }
            }
            if inside.leads { Secondary(texts.peopleTitle) { navigation.go(.people) } }
            Small(texts.of(state.streak))
        }
        .toolbar {
            ToolbarItemGroup(placement: .primaryAction) {
                IconButton(
                    inside.messages == 0 ? "bell" : "bell.badge",
                    inside.messages == 0 ? texts.messagesTitle : texts.messagesUnread(count: Int64(inside.messages))
                ) { navigation.go(.messages) }
                IconButton("gearshape", texts.settingsTitle) { navigation.go(.settings) }
            }
        }
        .onAppear { model.look() }
    }
}

private struct PlanGlance: View {
    let plan: TodayView
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    var body: some View {
        Tile { navigation.go(.plan) } content: {
            switch plan.status {
            case .running:
                Text(texts.planDay(day: Int64(plan.day), days: Int64(plan.days))).font(.headline)
                Bar(Int(plan.percent))
                Small(texts.planProgress(count: Int64(plan.daysLeft), percent: Int64(plan.percent)))
            case .paused(let until):
                Text(texts.planPaused(date: date(until, language))).font(.headline)
            case .over:
                Text(texts.planOver).font(.headline)
            }
            if let goal = plan.goal { Small(texts.of(goal)) }
            if plan.moved > 0 { Small(texts.planMoved(count: Int64(plan.moved))) }
        }
    }
}

/// A task, with the way to do it: ticking it off, or where it is done by itself.
struct TaskRow: View {
    private let task: TaskView
    private let complete: @MainActor (String, UInt32?) -> Void
    private let reopen: @MainActor (String, UInt32?) -> Void
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ task: TaskView, complete: @escaping @MainActor (String, UInt32?) -> Void, reopen: @escaping @MainActor (String, UInt32?) -> Void) {
        self.task = task
        self.complete = complete
        self.reopen = reopen
    }

    var body: some View {
        if let way {
            Tile { navigation.go(way) } content: { words }
        } else {
            VStack(alignment: .leading, spacing: 6) {
                words
                switch task.kind {
                case .checklist:
                    ForEach(task.items, id: \.index) { item in
                        SwitchRow(item.text, item.done) { tick($0, item.index) }
                    }
                case .sponsor, .event:
                    SwitchRow(texts.taskDone, done) { tick($0, nil) }
                default:
                    EmptyView()
                }
            }
        }
    }

    @ViewBuilder private var words: some View {
        Text(task.title).font(.headline)
        if !task.why.isEmpty { Text(task.why) }
        if let because = task.because { Small(texts.taskBecause(why: because)) }
        Small(texts.of(task.status, language))
        if task.of > 1 { Small(texts.taskProgress(done: Int64(task.done), of: Int64(task.of))) }
    }

    private var done: Bool {
        if case .done = task.status { true } else { false }
    }

    private func tick(_ on: Bool, _ item: UInt32?) {
        if on { complete(task.id, item) } else { reopen(task.id, item) }
    }

    /// Where it is done, where it is not ticked off.
    private var way: Route? {
        switch task.kind {
        case .lesson(let lesson, _): .lesson(id: lesson)
        case .reviews: .reviews
        case .contacts, .interactions, .followUps: .contacts
        case .sales, .sponsor, .event, .checklist: nil
        }
    }
}

private struct NoticeRow: View {
    let notice: NoticeView
    let seen: @MainActor (String) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            Text(texts.of(notice.withdrawn))
            if !notice.because.isEmpty { Text(texts.noticeBecause(orders: notice.because.joined(separator: ", "))) }
            Quiet(texts.noticeSeen) { seen(notice.id) }
        }
    }
}
