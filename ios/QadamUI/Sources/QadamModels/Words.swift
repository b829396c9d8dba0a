import Qadam

/// The languages of the app's own texts.
public let locales = ["kk", "ru", "es", "en"]

/// SwiftUI has a `ProgressView` too.
public typealias LearningProgress = ProgressView

@MainActor private var spoken: [String: Texts] = [:]

extension Texts {
    /// Those of a language, which are read once.
    @MainActor public static func of(_ locale: String) -> Texts {
        if let texts = spoken[locale] { return texts }
        let texts = Texts(locale)
        spoken[locale] = texts
        return texts
    }
}

/// What the core says, in words.
extension Texts {
    /// What went wrong, and what to do.
    public func of(_ problem: QadamError) -> String {
        switch problem {
        case .SignedOut, .SignInNeeded: errorSignInNeeded
        case .WrongCredentials: errorWrongCredentials
        case .CodeInvalid: errorCodeInvalid
        case .PasswordUnsuitable: errorPasswordUnsuitable
        case .TooManyAttempts(let retryAfter): errorTooManyAttempts(minutes: (retryAfter + 59_999) / 60_000)
        case .OtherAccount: errorOtherAccount
        case .Unreachable: errorUnreachable
        case .NotQadam: errorNotQadam
        case .Untrusted: errorUntrusted
        case .InsecureAddress: errorInsecureAddress
        case .InvalidAddress: errorInvalidAddress
        case .UpdateNeeded: errorUpdateNeeded
        case .ServerTooOld: errorServerTooOld
        case .ServerBusy: errorServerBusy
        case .Unsent(let count): errorUnsent(count: Int64(count))
        case .SecureStoreLocked: errorSecureStoreLocked
        case .SecureStoreMissing: errorSecureStoreMissing
        case .SecureStoreInvalidated: errorSecureStoreInvalidated
        case .StorageFull: errorStorageFull
        case .StorageCorrupt: errorStorageCorrupt
        case .StorageNewer: errorStorageNewer
        case .Storage: errorStorage
        case .NotFound: errorNotFound
        case .ContentMissing: errorContentMissing
        case .LessonLocked: errorLessonLocked
        case .TaskCompletesItself: errorTaskCompletesItself
        case .Invalid: errorInvalid
        case .WrongHash: errorWrongHash
        case .Closed: errorClosed
        case .Internal: errorInternal
        }
    }

    public func of(_ problem: SyncProblem) -> String {
        switch problem {
        case .unreachable: errorUnreachable
        case .notQadam: errorNotQadam
        case .untrusted: errorUntrusted
        case .serverBusy: errorServerBusy
        case .serverTooOld: errorServerTooOld
        case .storageFull: errorStorageFull
        case .refused: errorInternal
        }
    }

    public func of(_ state: SyncState, _ locale: String) -> String {
        switch state {
        case .idle: syncIdle
        case .syncing: syncSyncing
        case .offline: syncOffline
        case .waiting(let until, let problem): "\(of(problem)) \(syncTriesAgain(time: time(until, locale)))"
        case .signInNeeded: syncSignInNeeded
        case .updateNeeded: errorUpdateNeeded
        }
    }

    /// The quiet sign of how things stand with the server; none where they stand well.
    public func sign(_ state: AppState.Inside) -> String? {
        switch state.sync.state {
        case .signInNeeded: syncSignInNeeded
        case .updateNeeded: errorUpdateNeeded
        case .offline: state.sync.pending == 0 ? syncOffline : syncOfflineWaiting(count: Int64(state.sync.pending))
        case .waiting(_, let problem): of(problem)
        case .idle, .syncing:
            state.signInNeeded ? syncSignInNeeded : state.sync.refused > 0 ? syncRefused(count: Int64(state.sync.refused)) : nil
        }
    }

    public func of(_ subject: RefusalSubject) -> String {
        switch subject {
        case .lesson: refusalLesson
        case .review: refusalReview
        case .task: refusalTask
        case .contact: refusalContact
        case .settings: refusalSettings
        case .other: refusalOther
        }
    }

    public func of(_ reason: RefusalReason) -> String {
        switch reason {
        case .malformed: refusalMalformed
        case .tooLong: refusalTooLong
        case .tooManyRecords: refusalTooManyRecords
        case .unknownContent: refusalUnknownContent
        case .impossibleAnswers: refusalImpossibleAnswers
        case .other: refusalUnknown
        }
    }

    public func of(_ tab: AppTab) -> String {
        switch tab {
        case .today: todayTitle
        case .learn: learnTitle
        case .contacts: contactsTitle
        case .me: meTitle
        }
    }

    public func of(_ status: LessonStatus, _ locale: String) -> String {
        switch status {
        case .locked(let missing): lessonLocked(titles: missing.map(\.title).joined(separator: ", "))
        case .open: lessonOpen
        case .waiting(let until): lessonWaiting(time: time(until, locale))
        case .passed(let missing): lessonPassed(titles: missing.map(\.title).joined(separator: ", "))
        case .completed: lessonCompleted
        }
    }

    public func of(_ status: TaskStatus, _ locale: String) -> String {
        switch status {
        case .done(let day): taskStatusDone(date: date(day, locale))
        case .open: taskStatusOpen
        case .upcoming: taskStatusUpcoming
        case .waiting(let missing): taskStatusWaiting(titles: missing.map(\.title).joined(separator: ", "))
        case .moved(let from): taskStatusMoved(date: date(from, locale))
        case .lapsed: taskStatusLapsed
        }
    }

    public func of(_ phase: PhaseView, _ locale: String) -> String {
        switch phase.status {
        case .done: phaseDone
        case .current: phaseCurrent(count: Int64(phase.daysLeft))
        case .upcoming: phaseUpcoming(date: date(phase.from, locale))
        case .past: phasePast
        }
    }

    public func of(_ move: MoveView, _ locale: String) -> String {
        let title = move.task.title
        guard let to = move.to else { return moveAnyTime(title: title) }
        let day = date(to, locale)
        return switch move.why {
        case .dayPassed: moveDayPassed(title: title, date: day)
        case .room: moveRoom(title: title, date: day)
        case .roomAgain: moveRoomAgain(title: title, date: day)
        case .pause: movePause(title: title, date: day)
        case .pauseEnded: movePauseEnded(title: title, date: day)
        case .beginning: moveBeginning(title: title, date: day)
        }
    }

    public func of(_ goal: GoalView) -> String {
        goal.reached == nil
            ? planGoal(title: goal.task.title, done: Int64(goal.done), of: Int64(goal.of))
            : planGoalReached(title: goal.task.title)
    }

    /// What holds of the streak today.
    public func of(_ streak: StreakView) -> String {
        if streak.days == 0 { return streakNone }
        return streak.activeToday ? streakDays(count: Int64(streak.days)) : streakAtRisk(count: Int64(streak.days))
    }

    public func of(_ withdrawn: WithdrawnView) -> String {
        switch withdrawn {
        case .badge(_, let title): noticeBadge(title: title)
        case .rule(_, let why): noticeRule(why: why)
        case .other: noticeOther
        }
    }

    /// What a rule asks for and found, in plain words.
    public func lines(_ compared: [ComparedView]) -> [String] {
        compared.filter(\.holds).compactMap { self.compared($0) }
    }

    public func of(_ status: OfferStatus) -> String {
        switch status {
        case .open: offerStatusOpen
        case .reached: offerStatusReached
        case .given: offerStatusGiven
        case .lapsed: offerStatusLapsed
        case .withdrawn: offerStatusWithdrawn
        case .other: offerStatusOther
        }
    }

    /// How far an offer's goal is reached.
    public func of(_ offer: OfferView) -> String {
        switch offer.unit {
        case .sales: offerSales(count: offer.reached, need: offer.goal)
        case .volume: offerVolume(count: offer.reached, need: offer.goal)
        }
    }

    /// When a reminder comes.
    public func of(_ reminder: ReminderView, _ locale: String) -> String {
        let at = moment(reminder.day, reminder.minute, locale)
        return switch reminder.status {
        case .due: reminderDue(time: at)
        case .coming: reminderComing(time: at)
        case .done: at
        }
    }

    public func of(_ day: StreakDay) -> String {
        switch day {
        case .active: streakDayActive
        case .frozen: streakDayFrozen
        case .missed: streakDayMissed
        }
    }

    public func of(_ verdict: VerdictView) -> String {
        switch verdict {
        case .right: verdictRight
        case .partly: verdictPartly
        case .wrong: verdictWrong
        }
    }

    public func of(_ ease: EaseInput) -> String {
        switch ease {
        case .hard: reviewsHard
        case .good: reviewsGood
        case .easy: reviewsEasy
        }
    }

    public func of(_ source: PointsSource) -> String {
        switch source {
        case .lesson(let title): pointsLesson(title: title)
        case .badge(let title): pointsBadge(title: title)
        case .reviews: pointsReviews
        case .rule(_, let why): why.isEmpty ? pointsOther : why
        case .other: pointsOther
        }
    }

    /// How a badge stands: when it was earned, or how to earn it.
    public func of(_ badge: BadgeView, _ locale: String) -> String {
        if badge.withdrawn != nil { return badgeWithdrawn }
        return badge.earned.map { badgeEarned(date: date($0, locale)) } ?? badge.how
    }

    public func of(_ channel: Channel) -> String {
        switch channel {
        case .call: channelCall
        case .message: channelMessage
        case .meeting: channelMeeting
        case .other: channelOther
        }
    }

    public func of(_ category: NudgeCategory) -> String {
        switch category {
        case .learning: categoryLearning
        case .team: categoryTeam
        case .business: categoryBusiness
        case .company: categoryCompany
        }
    }

    public func of(_ window: NudgeWindow) -> String {
        switch window {
        case .ever: whyWindowEver
        case .month: whyWindowMonth
        case .week: whyWindowWeek
        case .day: whyWindowDay
        }
    }

    /// What is asked of the person.
    public func instruction(_ kind: QuestionKind) -> String {
        switch kind {
        case .single: quizSingle
        case .multiple: quizMultiple
        case .trueFalse: quizTrueFalse
        case .numeric: quizNumeric
        case .shortText: quizShortText
        case .ordering: quizOrdering
        case .matching: quizMatching
        case .scenario: quizScenario
        }
    }

    /// An answer in words.
    public func of(_ kind: QuestionKind, _ answer: AnswerInput) -> String {
        switch (answer, kind) {
        case (.single(let option), .single(let options)): options.first { $0.index == option }?.text ?? ""
        case (.multiple(let chosen), .multiple(let options)):
            options.filter { chosen.contains($0.index) }.map(\.text).joined(separator: "; ")
        case (.trueFalse(let answer), _): answer ? quizTrue : quizFalse
        case (.number(let text), _), (.text(let text), _): text
        case (.order(let order), .ordering(let items)):
            order.compactMap { at in items.first { $0.index == at }?.text }.joined(separator: " → ")
        case (.match(let choices), .matching(let left, let right)):
            zip(left, choices).compactMap { left, choice in right.first { $0.index == choice }.map { "\(left): \($0.text)" } }
                .joined(separator: "; ")
        case (.path(let path), .scenario(let steps)): visited(steps, path).compactMap { $0.chosen?.text }.joined(separator: " → ")
        case (.skipped, _): quizSkipped
        default: ""
        }
    }
}

/// The steps of a scenario up to the one that waits for a choice, with what was chosen.
public func visited(_ steps: [StepView], _ path: [UInt32]) -> [(step: StepView, chosen: StepOptionView?)] {
    var visited: [(step: StepView, chosen: StepOptionView?)] = []
    var here = steps.first
    for choice in path {
        guard let step = here, let option = step.options.first(where: { $0.index == choice }) else { break }
        visited.append((step, option))
        here = option.next.flatMap { steps.indices.contains(Int($0)) ? steps[Int($0)] : nil }
    }
    if let here { visited.append((here, nil)) }
    return visited
}
