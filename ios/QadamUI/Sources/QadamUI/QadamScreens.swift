import Foundation
import Qadam
import QadamModels
import SwiftUI

/// All of Qadam's screens over the one core.
public struct QadamScreens: View {
    private let qadam: Qadam
    private let platform: any Platform
    /// Where a link into the app leads, to be opened once.
    private let opened: Binding<Route?>
    /// A link of the company that invites somebody, to be read once.
    private let invitation: Binding<String?>
    @State private var app: AppViewModel
    @State private var navigation = Navigation()
    @State private var before: String
    @SceneStorage("screens") private var kept = ""

    public init(_ qadam: Qadam, _ platform: any Platform, opened: Binding<Route?>, invitation: Binding<String?>) {
        self.qadam = qadam
        self.platform = platform
        self.opened = opened
        self.invitation = invitation
        _app = State(initialValue: AppViewModel(qadam))
        _before = State(initialValue: platform.locale)
    }

    public var body: some View {
        let locale = if case .signedIn(let inside) = app.state.value { inside.locale } else { before }
        // Of one identity whatever it shows: what runs with it goes on.
        ZStack {
            switch app.state {
            case .pending:
                EmptyView()
            case .failed(let problem):
                VStack {
                    Note(Texts.of(locale).of(problem))
                    Quiet(Texts.of(locale).retry) { app.retry() }
                }
            case .ready(.signedOut):
                NavigationStack { SignInScreen(qadam, platform, navigation.saved(for: .signIn), invitation, locale) { before = $0 } }
            case .ready(.signedIn(let inside)):
                InsideScreens(qadam, platform, inside, invitation)
                    .onAppear { navigation.belongs(to: inside.account) }
                    .id(inside.account)
            }
        }
        .environment(\.texts, Texts.of(locale))
        .environment(\.language, locale)
        .environment(\.locale, Locale(identifier: locale))
        .environment(navigation)
        .task { await app.watch() }
        .onAppear {
            navigation.restore(kept)
            // Over what was open before.
            enter()
        }
        .onChange(of: navigation.text) { _, text in kept = text }
        .onChange(of: opened.wrappedValue) { enter() }
    }

    private func enter() {
        guard let route = opened.wrappedValue else { return }
        navigation.go(route)
        opened.wrappedValue = nil
    }
}

private struct InsideScreens: View {
    private let qadam: Qadam
    private let platform: any Platform
    private let inside: AppState.Inside
    private let invitation: Binding<String?>
    @State private var success: FirstSuccessViewModel
    @State private var again = false
    @Environment(\.texts) private var texts
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ platform: any Platform, _ inside: AppState.Inside, _ invitation: Binding<String?>) {
        self.qadam = qadam
        self.platform = platform
        self.inside = inside
        self.invitation = invitation
        _success = State(initialValue: FirstSuccessViewModel(qadam))
    }

    var body: some View {
        TabView(selection: bound(navigation.tab) { navigation.tab = $0 }) {
            ForEach(AppTab.allCases, id: \.self) { tab in
                NavigationStack(path: bound(navigation.path(of: tab)) { navigation.setPath(of: tab, $0) }) {
                    Destination(route: tab.route, qadam: qadam, platform: platform, inside: inside)
                        .navigationDestination(for: Route.self) { route in
                            // Another lesson in the place of one is another screen.
                            Destination(route: route, qadam: qadam, platform: platform, inside: inside).id(route)
                        }
                }
                .tabItem { Label(texts.of(tab), systemImage: icon(tab)) }
                .tag(tab)
            }
        }
        .safeAreaInset(edge: .top) {
            // Nothing at all where things stand well.
            if let sign = texts.sign(inside) {
                Button {
                    if inside.signInNeeded { again = true } else { navigation.go(.sync) }
                } label: {
                    Text(sign).font(.subheadline).frame(maxWidth: .infinity, minHeight: touchTarget)
                }
                .background(.bar)
            }
        }
        .task { await success.watch() }
        .onChange(of: success.state.value == true, initial: true) { _, succeeded in
            if succeeded { platform.succeeded() }
        }
        .onChange(of: inside.signInNeeded) { _, needed in
            if !needed { again = false }
        }
        .onChange(of: invitation.wrappedValue, initial: true) { _, link in
            // Who is signed in needs none.
            if link != nil { if inside.signInNeeded { again = true } else { invitation.wrappedValue = nil } }
        }
        .sheet(isPresented: bound(again && inside.signInNeeded) { again = $0 }) {
            NavigationStack { SignInScreen(qadam, platform, navigation.saved(for: .signIn), invitation, inside.locale) { _ in } }
        }
    }

    private func icon(_ tab: AppTab) -> String {
        switch tab {
        case .today: "sun.max"
        case .learn: "book"
        case .contacts: "person.2"
        case .me: "person.crop.circle"
        }
    }
}

/// The screen of a route.
private struct Destination: View {
    let route: Route
    let qadam: Qadam
    let platform: any Platform
    let inside: AppState.Inside
    @Environment(Navigation.self) private var navigation

    var body: some View {
        switch route {
        case .signIn: EmptyView()
        case .today: TodayScreen(qadam, inside)
        case .learn: LearnScreen(qadam)
        case .contacts: ContactsScreen(qadam, navigation.saved(for: route))
        case .me: MeScreen(qadam)
        case .lesson(let id): LessonScreen(qadam, id, navigation.saved(for: route))
        case .quiz(let lesson): QuizScreen(qadam, lesson, navigation.saved(for: route))
        case .reviews: ReviewsScreen(qadam)
        case .plan: PlanScreen(qadam)
        case .contact(let id): ContactScreen(qadam, platform, id)
        case .contactEdit(let id): ContactEditScreen(qadam, platform, id, navigation.saved(for: route))
        case .people: PeopleScreen(qadam)
        case .messages: MessagesScreen(qadam)
        case .why(let id): WhyScreen(qadam, id)
        case .offers: OffersScreen(qadam)
        case .reminders: RemindersScreen(qadam)
        case .reminderEdit(let id, let about): ReminderEditScreen(qadam, id, about: about, navigation.saved(for: route))
        case .settings: SettingsScreen(qadam, platform)
        case .sync: SyncScreen(qadam)
        case .welcome: WelcomeScreen(qadam)
        }
    }
}
