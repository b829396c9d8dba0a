import Qadam
import QadamTestSupport
import XCTest

@testable import QadamModels

private let firstLesson = "what-this-business-is"

extension Load<AppState> {
    fileprivate var inside: AppState.Inside? {
        if case .signedIn(let inside) = value { inside } else { nil }
    }
}

final class ViewModelsTests: XCTestCase {
    func testSigningInTellsWhatIsWrong() async throws {
        try await models { phones in
            let phone = try await phones.fresh()
            let login = try await phones.newPerson(from: phone)
            let model = shown(SignInViewModel(phone.qadam, TestPlatform(), SavedState()))
            model.change(SignInState(server: "http://127.0.0.1:1", login: login, password: "wrong password"))
            await model.signIn().value
            guard case .Unreachable = model.failure else { return XCTFail("\(String(describing: model.failure))") }
            XCTAssertFalse(model.state.busy)
            var form = model.state
            form.server = try await Backend.shared.address()
            model.change(form)
            await model.signIn().value
            XCTAssertEqual(model.failure, .WrongCredentials)
            form.password = password
            model.change(form)
            let app = shown(AppViewModel(phone.qadam))
            try await until(app, \.state) { $0.value == .signedOut }
            model.signIn()
            try await until(app, \.state) { $0.inside != nil }
            XCTAssertNil(model.failure)
        }
    }

    func testScannedCodeFillsTheForm() async throws {
        try await models { phones in
            let phone = try await phones.fresh()
            let model = SignInViewModel(phone.qadam, TestPlatform(), SavedState())
            model.scanned("qadam://join?server=https%3A%2F%2Fqadam.example&code=W4ZW-J9FM")
            XCTAssertEqual(model.state, SignInState(server: "https://qadam.example", code: "W4ZW-J9FM", withCode: true))
        }
    }

    func testUnfinishedQuizIsThereAfterTheProcessDied() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let navigation = Navigation()
            let route = Route.quiz(lesson: firstLesson)
            navigation.go(route)
            let before = shown(QuizViewModel(phone.qadam, firstLesson, navigation.saved(for: route)))
            let quiz = try await until(before, \.state) { $0.value != nil }.value!
            await before.answer(.skipped).value
            before.next()
            await before.answer(.skipped).value
            let kept = navigation.text
            await phone.shutDown()

            try await phone.open()
            // The saved state came back, or was lost too.
            for text in [kept, ""] {
                let navigation = Navigation()
                navigation.restore(text)
                let model = shown(QuizViewModel(phone.qadam, firstLesson, navigation.saved(for: route)))
                let after = try await until(model, \.state) { $0.value != nil }.value!
                XCTAssertEqual(after.quiz.questions, quiz.quiz.questions)
                XCTAssertEqual(after.answers.count { $0 != nil }, 2)
                XCTAssertEqual(after.at, text == kept ? 1 : 2)
            }
        }
    }

    func testFailedQuizIsTakenAgainAndPassed() async throws {
        try await models { phones in
            let known = try await solutions(phones, firstLesson)
            let (phone, _) = try await phones.ofNewPerson()
            let lesson = shown(LessonViewModel(phone.qadam, firstLesson, SavedState()))
            let first = try await until(lesson, \.state) { $0.value != nil }.value!
            XCTAssertEqual(first.card, 0)
            for _ in first.lesson.cards { lesson.next() }
            XCTAssertEqual(lesson.state.value?.last, true)
            var opened = false
            await lesson.finish { opened = true }.value
            XCTAssert(opened)

            let quiz = shown(QuizViewModel(phone.qadam, firstLesson, SavedState()))
            try await until(quiz, \.state) { $0.value != nil }
            await quiz.handIn().value
            XCTAssertEqual(quiz.state.value?.result?.passed, false)
            quiz.again()
            let draw = try await until(quiz, \.state) { $0.value != nil && $0.value?.result == nil }.value!
            XCTAssertEqual(draw.quiz.attempt, 2)
            for question in draw.quiz.questions {
                quiz.answer(try XCTUnwrap(known[question.id]))
                quiz.next()
            }
            XCTAssertEqual(quiz.state.value?.unanswered, 0)
            await quiz.handIn().value
            let result = try XCTUnwrap(quiz.state.value?.result)
            XCTAssert(result.passed)
            XCTAssertEqual(result.percent, 100)

            let me = shown(MeViewModel(phone.qadam))
            let awards = try await until(me, \.state) { ($0.value?.awards.points ?? 0) > 0 }.value!.awards
            XCTAssertNotNil(awards.badges.first { $0.id == "first-lesson" }?.earned)
            let today = shown(TodayViewModel(phone.qadam))
            let next = try await until(today, \.state) { $0.value?.lesson != nil }.value!
            XCTAssertNotEqual(next.lesson?.id, firstLesson)
        }
    }

    func testWelcomeIsSeenOnce() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let today = shown(TodayViewModel(phone.qadam))
            let state = try await until(today, \.state) { $0.value != nil }.value!
            XCTAssert(state.welcome)
            XCTAssertEqual(state.name, "Aigerim")
            let model = shown(WelcomeViewModel(phone.qadam))
            let welcome = try await until(model, \.state) { $0.value != nil }.value!
            XCTAssertEqual(welcome?.letter.isEmpty, false)
            var finished = false
            await model.finish { finished = true }.value
            XCTAssert(finished)
            today.look()
            try await until(today, \.state) { $0.value?.welcome == false }
        }
    }

    func testNewPersonFindsCoursesAndEmptyLists() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let learn = shown(LearnViewModel(phone.qadam))
            let courses = try await until(learn, \.state) { $0.value != nil }.value!.courses
            XCTAssertEqual(courses.flatMap(\.lessons).first?.id, firstLesson)
            let reviews = shown(ReviewsViewModel(phone.qadam))
            let stack = try await until(reviews, \.state) { $0.value != nil }.value!
            XCTAssertNil(stack.card)
            let people = shown(PeopleViewModel(phone.qadam))
            let signals = try await until(people, \.state) { $0.value != nil }.value!
            XCTAssert(signals.isEmpty)
            let messages = shown(MessagesViewModel(phone.qadam))
            let nudges = try await until(messages, \.state) { $0.value != nil }.value!
            XCTAssert(nudges.isEmpty)
            let contacts = shown(ContactsViewModel(phone.qadam, SavedState()))
            let found = try await until(contacts, \.state) { $0.value != nil }.value!
            XCTAssert(found.contacts.isEmpty && !found.more)
        }
    }

    func testSyncTellsWhatWaits() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            try await phone.goOffline()
            let model = shown(SyncViewModel(phone.qadam))
            try await until(model, \.state) { $0.value?.status.state == .offline }
            try await phone.qadam.contacts.add(ContactEdit(name: "Данияр"))
            try await until(model, \.state) { ($0.value?.status.pending ?? 0) > 0 }
            phone.goOnline()
            await model.now().value
            XCTAssertNil(model.failure)
            let state = try await until(model, \.state) { $0.value?.status.pending == 0 && $0.value?.status.state == .idle }.value!
            XCTAssertNotNil(state.status.lastSuccess)
            XCTAssert(state.refusals.isEmpty)
        }
    }

    func testContactIsKeptOfflineAndFollowedUp() async throws {
        try await models { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.goOffline()
            let edit = shown(ContactEditViewModel(phone.qadam, nil, SavedState()))
            edit.change(ContactEditState(name: "Айгерім", phone: "+7 701 000 00 00", birthday: "17.05"))
            var id: String?
            await edit.save { id = $0 }.value
            let contact = shown(ContactViewModel(phone.qadam, try XCTUnwrap(id)))
            await contact.log(.call, note: "tea").value
            await contact.followUp(3).value
            let kept = try await until(contact, \.state) { $0.value?.contact?.followUp != nil }.value!.contact!
            XCTAssertEqual(kept.followUp, date(inDays: 3))
            XCTAssertEqual(kept.birthday, "05-17")
            XCTAssertEqual(kept.interactions.map(\.note), ["tea"])

            let list = shown(ContactsViewModel(phone.qadam, SavedState()))
            list.search("айг")
            let found = try await until(list, \.state) { $0.value?.contacts.count == 1 }.value!
            XCTAssertEqual(found.byLetter.map(\.letter), ["А"])
            let app = shown(AppViewModel(phone.qadam))
            let inside = try await until(app, \.state) { $0.inside?.sync.state == .offline }.inside!
            XCTAssertGreaterThan(inside.sync.pending, 0)

            phone.goOnline()
            let second = try await phones.another(login)
            let there = shown(ContactsViewModel(second.qadam, SavedState()))
            try await until(there, \.state) { $0.value?.contacts.map(\.name) == ["Айгерім"] }
            await contact.delete {}.value
            try await until(contact, \.state) { $0.value != nil && $0.value?.contact == nil }
        }
    }

    func testLongListOfContactsComesByPages() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            for number in 0..<120 {
                try await phone.qadam.contacts.add(ContactEdit(name: String(format: "Name %03d", number)))
            }
            let model = shown(ContactsViewModel(phone.qadam, SavedState()))
            let first = try await until(model, \.state) { $0.value?.contacts.count == 50 }.value!
            XCTAssert(first.more)
            for size in [100, 120] {
                model.more()
                let state = try await until(model, \.state) { $0.value?.contacts.count == size }.value!
                let names = state.contacts.map(\.name)
                XCTAssertEqual(names, Set(names).sorted())
                XCTAssertEqual(state.more, size < 120)
            }
        }
    }

    func testPlanIsTickedAndPaused() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let model = shown(PlanViewModel(phone.qadam))
            try await until(model, \.state) { $0.value?.journey != nil }
            await model.complete("meet-your-sponsor").value
            try await until(model, \.state) { load in
                let task = load.value?.journey?.phases.flatMap(\.tasks).first { $0.id == "meet-your-sponsor" }
                return if case .done = task?.status { true } else { false }
            }
            await model.pause(7).value
            let paused = try await until(model, \.state) { $0.value?.journey?.pauses.contains(where: \.current) == true }
            let pauses = paused.value!.journey!.pauses
            XCTAssertEqual(pauses.map(\.until), [date(inDays: 6)])
            await model.resume(pauses[0].id).value
            try await until(model, \.state) { $0.value?.journey?.pauses.isEmpty == true }
            await model.complete("what-this-is").value
            XCTAssertEqual(model.failure, .TaskCompletesItself)
        }
    }

    func testChoicesAreKept() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let model = shown(SettingsViewModel(phone.qadam, TestPlatform()))
            try await until(model, \.state) { $0.value != nil }
            await model.locale("ru").value
            await model.switch(.company, on: false).value
            await model.bestHour(20).value
            await model.pause(7).value
            await model.media(onMetered: true).value
            await model.askDevices().value
            XCTAssertNil(model.failure)
            // The language changes once its content is there.
            let state = try await until(model, \.state) {
                $0.value?.devices != nil && $0.value?.settings.mediaOnMetered == true && $0.value?.settings.locale == "ru"
                    && $0.value?.nudges.paused != nil
            }.value!
            XCTAssertEqual(state.nudges.off, [.company])
            XCTAssertEqual(state.nudges.best, 20 * 60)
            XCTAssertEqual(state.nudges.paused, date(inDays: 6))
            XCTAssertEqual(state.devices?.map(\.isThis), [true])
        }
    }

    func testSigningOutSendsWhatWaits() async throws {
        try await models { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.goOffline()
            try await phone.qadam.contacts.add(ContactEdit(name: "Данияр"))
            let model = shown(SettingsViewModel(phone.qadam, TestPlatform()))
            let app = shown(AppViewModel(phone.qadam))
            try await until(app, \.state) { $0.inside != nil }
            await model.signOut().value
            XCTAssertNil(model.failure)
            try await until(app, \.state) { $0.value == .signedOut }
            let second = try await phones.another(login)
            let names = try await second.qadam.contacts.page().contacts.map(\.name)
            XCTAssertEqual(names, ["Данияр"])
        }
    }

    func testRefusalIsToldAndPutAway() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            try await phone.goOffline()
            try await phone.qadam.contacts.add(ContactEdit(name: "Too long"))
            await phone.shutDown()
            // As an app with a fault would send it.
            try Database.change(phone, "UPDATE mutation SET body = replace(body, 'Too long', printf('%.9000c', 'x'))")
            try await phone.open()
            let model = shown(SyncViewModel(phone.qadam))
            model.now()
            let state = try await until(model, \.state) { $0.value?.refusals.isEmpty == false }.value!
            XCTAssertEqual(state.refusals.count, 1)
            guard case .contact = state.refusals[0].subject else { return XCTFail("\(state.refusals[0].subject)") }
            let status = try await until(model, \.state) { $0.value?.status.pending == 0 }.value!.status
            XCTAssertEqual(status.refused, 1)
            await model.dismiss(state.refusals[0].id).value
            XCTAssertNil(model.failure)
            try await until(model, \.state) { $0.value?.refusals.isEmpty == true && $0.value?.status.refused == 0 }
        }
    }

    func testRightReviewIsKeptOnceItsEaseIsSaidAndAnotherAtOnce() async throws {
        try await models { phones in
            let known = try await solutions(phones, firstLesson)
            for isRight in [true, false] {
                // From the far west to the far east it is a day later at least, and what was skipped is due.
                let zone = MovedZone(offset: -12 * 60)
                let phone = await phones.unopened()
                try await phone.open(zone: zone)
                try await phone.signIn(phones.newPerson(from: phone))
                let skipped = try await phone.qadam.learning.quiz(lesson: firstLesson).questions[0].id
                try await pass(phone.qadam, known.filter { $0.key != skipped })
                let model = shown(ReviewsViewModel(phone.qadam))
                let before = try await until(model, \.state) { $0.value != nil }.value!
                XCTAssert(before.stack.cards.isEmpty)
                zone.move(to: 14 * 60)
                try await phone.qadam.foreground(network: .unmetered)

                let due = try await until(model, \.state) { $0.value?.card != nil }.value!
                XCTAssertEqual(due.stack.cards.map(\.question.id), [skipped])
                model.answer(isRight ? try XCTUnwrap(known[skipped]) : .skipped)
                await model.check().value
                if isRight {
                    let graded = try await until(model, \.state) { $0.value?.graded != nil }.value!
                    XCTAssertEqual(graded.graded?.verdict, .right)
                    XCTAssertNil(graded.result)
                    XCTAssertEqual(graded.stack.cards.count, 1)
                    await model.ease(.good).value
                }
                let kept = try await until(model, \.state) { $0.value?.result != nil && $0.value?.stack.cards.isEmpty == true }.value!
                XCTAssertEqual(kept.card, due.card, "it is shown with its result, though it has left the stack")
                XCTAssertEqual(kept.result?.graded.verdict == .right, isRight)
                model.next()
                let after = try await until(model, \.state) { $0.value?.result == nil }.value!
                XCTAssertNil(after.card)
            }
        }
    }

    func testMessageOfASaleSaysWhyItCameAndHowToStopIt() async throws {
        try await models { phones in
            // Noon at the person's place, on the same date as at the server: no nudge comes at night.
            var utc = Calendar(identifier: .gregorian)
            utc.timeZone = TimeZone(secondsFromGMT: 0)!
            let phone = await phones.unopened()
            try await phone.open(zone: MovedZone(offset: Int32(12 - utc.component(.hour, from: Date())) * 60))
            try await phone.signIn(phones.newPerson(from: phone))
            let qadam = phone.qadam
            try await qadam.nudges.setBestMinute(8 * 60)
            let list = shown(MessagesViewModel(qadam))
            let none = try await until(list, \.state) { $0.value != nil }.value!
            XCTAssert(none.isEmpty)
            try await sell(distributor(phone))
            try await first(of: qadam.results.changes) { !$0.sales.isEmpty }
            // Nothing may be shown, so it waits in the messages.
            let planning = Task {
                while !Task.isCancelled {
                    _ = try await qadam.nudges.plan(permission: false)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { planning.cancel() }
            let messages = try await until(list, \.state) { $0.value?.isEmpty == false }.value!
            XCTAssertEqual(messages.map(\.category), [.business])

            let model = shown(WhyViewModel(qadam, messages[0].id))
            let why = try await until(model, \.state) { $0.value != nil }.value!
            XCTAssertEqual(why.why.rule, "first-sale")
            XCTAssertFalse(why.why.why.isEmpty)
            XCTAssertEqual(why.message?.opened, false)
            await model.opened().value
            try await until(model, \.state) { $0.value?.message?.opened == true }
            try await until(list, \.state) { $0.value?.first?.opened == true }
            await model.never("first-sale", true).value
            await model.switch(.business, on: false).value
            let stopped = try await until(model, \.state) { $0.value?.why.never == true && $0.value?.settings.off.isEmpty == false }.value!
            XCTAssertEqual(stopped.settings.off, [.business])
            let unknown = shown(WhyViewModel(qadam, "no id"))
            let problem = try await until(unknown, \.state) { $0.problem != nil }.problem
            XCTAssertEqual(problem, .NotFound(what: "nudge"))
        }
    }

    func testSaleOpensATaskWithItsReasonAndTellsTheSponsor() async throws {
        try await models { phones in
            let (phone, login) = try await phones.ofNewPerson()
            let (sponsor, _) = try await phones.ofNewPerson()
            let me = try await distributor(phone)
            let above = try await distributor(sponsor)
            try await Backend.shared.importTeam("""
                id,sponsor,name,phone,rank,personal,group,active,joined,city
                \(above),,Сауле,+7 701 000 00 01,gold,0,900,1,2026-11-20,Almaty
                \(me),\(above),Айгерім,+7 701 000 00 02,gold,0,900,1,2026-11-20,Almaty

                """)
            try await Backend.shared.mentor(login, above)
            try await sell(me)

            func because(_ load: Load<PlanState>) -> String? {
                load.value?.journey?.phases.flatMap(\.tasks).first { $0.id == "tell-your-sponsor" }?.because
            }
            let plan = shown(PlanViewModel(phone.qadam))
            let reason = because(try await until(plan, \.state) { because($0) != nil })
            XCTAssertEqual(reason?.isEmpty, false)

            let people = shown(PeopleViewModel(sponsor.qadam))
            let person = try await until(people, \.state) { $0.value?.first?.phone.isEmpty == false }.value![0]
            XCTAssertEqual(person.signal.about, me)
            XCTAssertEqual(person.phone, "+7 701 000 00 02")
            XCTAssertFalse(person.signal.why.isEmpty || person.signal.say.isEmpty)
            await people.finish(person.signal.id).value
            try await until(people, \.state) { $0.value?.isEmpty == true }
        }
    }

    func testReminderIsWrittenChangedAndDone() async throws {
        try await models { phones in
            let (phone, login) = try await phones.ofNewPerson()
            try await phone.goOffline()
            let list = shown(RemindersViewModel(phone.qadam))
            let none = try await until(list, \.state) { $0.value != nil }.value
            XCTAssertEqual(none, [])
            let saved = SavedState()
            let fresh = shown(ReminderEditViewModel(phone.qadam, nil, about: "Данияр", saved))
            XCTAssertEqual(fresh.state.date, date(inDays: 1))
            var typed = fresh.state
            typed.day = "31.2.x"
            typed.time = "24:61"
            fresh.change(typed)
            XCTAssertFalse(fresh.state.complete)
            var left = false
            await fresh.save { left = true }.value
            let unsaved = try await phone.qadam.reminders.current()
            XCTAssert(!left && unsaved.isEmpty, "what is no date is not saved")
            typed.time = " 22:05 "
            fresh.change(typed)
            fresh.inDays(3)
            // Typed, and the process died.
            let again = shown(ReminderEditViewModel(phone.qadam, nil, about: "Данияр", SavedState(saved.values)))
            XCTAssertEqual(again.state, fresh.state)
            await again.save { left = true }.value
            XCTAssert(left)
            let kept = try await until(list, \.state) { $0.value?.count == 1 }.value![0]
            XCTAssertEqual(kept, ReminderView(id: kept.id, text: "Данияр", day: date(inDays: 3), minute: 22 * 60 + 5, status: .coming))

            let edit = shown(ReminderEditViewModel(phone.qadam, kept.id, about: "", SavedState()))
            var changed = try await until(edit, \.state) { $0.complete }
            changed.text = "Call Данияр"
            edit.change(changed)
            await edit.save {}.value
            let after = try await until(list, \.state) { $0.value?.first?.text == "Call Данияр" }.value
            XCTAssertEqual(after, [ReminderView(id: kept.id, text: "Call Данияр", day: kept.day, minute: kept.minute, status: .coming)])
            changed.day = "1.1.2020"
            edit.change(changed)
            await edit.save {}.value
            guard case .Invalid = edit.failure else { return XCTFail("\(String(describing: edit.failure))") }
            phone.goOnline()
            let second = shown(RemindersViewModel(try await phones.another(login).qadam))
            try await until(second, \.state) { $0.value?.map(\.text) == ["Call Данияр"] }
            await second.finish(kept.id, done: true).value
            try await until(list, \.state) { $0.value?.first?.status == .done }
            await list.delete(kept.id).value
            try await until(second, \.state) { $0.value?.isEmpty == true }
            let gone = shown(ReminderEditViewModel(phone.qadam, kept.id, about: "", SavedState()))
            let problem = try await until(gone, \.problem) { $0 != nil }
            XCTAssertEqual(problem, .NotFound(what: "reminder"))
        }
    }

    func testOfferStandsOnTodayUntilItIsReached() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let offers = shown(OffersViewModel(phone.qadam))
            let none = try await until(offers, \.state) { $0.value != nil }.value
            XCTAssertEqual(none, [])
            let me = try await distributor(phone)
            try await sell(me)
            let offer = try await until(offers, \.state) { $0.value?.isEmpty == false }.value![0]
            XCTAssertEqual(offer.status, .open)
            let today = shown(TodayViewModel(phone.qadam))
            let running = try await until(today, \.state) { $0.value?.offers.isEmpty == false }.value!.offers
            XCTAssertEqual(running.map(\.id), [offer.id])
            for order in ["second", "third", "fourth"] {
                try await sell(me, order: order, day: offer.from)
            }
            let reached = try await until(offers, \.state) { $0.value?.first?.status == .reached }.value!
            XCTAssertEqual(reached.map(\.percent), [100])
            try await until(today, \.state) { $0.value?.offers.isEmpty == true }
        }
    }

    func testStreakShowsItsDays() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let model = shown(MeViewModel(phone.qadam))
            let before = try await until(model, \.state) { $0.value != nil }.value!.calendar
            XCTAssertEqual(before.map(\.how), Array(repeating: .missed, count: 28))
            try await pass(phone.qadam, solutions(phones, firstLesson))
            let days = try await until(model, \.state) { $0.value?.awards.streak.days == 1 }.value!.calendar
            XCTAssertEqual(days.map(\.day), (0..<28).reversed().map { date(inDays: -$0) })
            XCTAssertEqual(days.map(\.how), Array(repeating: .missed, count: 27) + [.active])
        }
    }

    func testEverythingIsSavedToAFile() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            try await phone.goOffline()
            try await phone.qadam.contacts.add(ContactEdit(name: "Данияр"))
            let platform = TestPlatform()
            let model = shown(SettingsViewModel(phone.qadam, platform))
            await model.export().value
            XCTAssertNil(model.failure)
            let path = try await until(model, \.state) { $0.value?.exported != nil }.value!.exported!
            defer { try? FileManager.default.removeItem(atPath: path) }
            XCTAssertEqual(platform.handedOut, [path])
            let text = try String(contentsOfFile: path, encoding: .utf8)
            XCTAssert(text.contains("Данияр") && text.contains("\"kind\":\"distributor\""), text)
        }
    }

    func testPersonOfThePhonesBookFillsTheForm() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let saved = SavedState()
            let edit = shown(ContactEditViewModel(phone.qadam, nil, saved))
            edit.change(ContactEditState(name: "?", email: "typed@company.example", note: "met at the fair"))
            edit.picked(name: "Данияр", phone: "+7 701 000 00 00", email: "", birthday: "02-29")
            let filled = ContactEditState(
                name: "Данияр", phone: "+7 701 000 00 00", email: "typed@company.example", birthday: "29.02", note: "met at the fair"
            )
            XCTAssertEqual(edit.state, filled)
            // It survives the process as what was typed does.
            XCTAssertEqual(ContactEditViewModel(phone.qadam, nil, saved).state, filled)
            var id: String?
            await edit.save { id = $0 }.value
            let kept = try await phone.qadam.contacts.current(id: XCTUnwrap(id))
            XCTAssertEqual([kept.name, kept.phone, kept.email, kept.note], ["Данияр", "+7 701 000 00 00", "typed@company.example", "met at the fair"])
            XCTAssertEqual(kept.birthday, "02-29")
        }
    }

    func testCardIsHandedOut() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let id = try await phone.qadam.contacts.add(ContactEdit(name: "Данияр", note: "met at the fair"))
            let platform = TestPlatform()
            let model = shown(ContactViewModel(phone.qadam, id))
            await model.share(platform).value
            XCTAssertNil(model.failure)
            let path = try XCTUnwrap(platform.handedOut.first)
            defer { try? FileManager.default.removeItem(atPath: path) }
            XCTAssert(path.hasSuffix("contact.vcf"))
            let text = try String(contentsOfFile: path, encoding: .utf8)
            XCTAssert(text.contains("FN:Данияр\r\n") && !text.contains("fair"), text)
        }
    }
}
