import QadamCore

extension Qadam {
    /// The person's contacts, and what was talked about with them.
    public final class Contacts: Sendable {
        private let engine: QadamEngine

        init(_ engine: QadamEngine) {
            self.engine = engine
        }

        /// A page of contacts by name, as it changes.
        public func pages(_ query: ContactsQuery = ContactsQuery()) -> Live<ContactsPage> {
            live(observePages(query), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        /// The query below ``pages(_:)``.
        func observePages(_ query: ContactsQuery) -> LiveContacts {
            engine.observeContacts(query: query)
        }

        /// One contact, as it changes; `nil` while there is none.
        public func contact(id: String) -> Live<ContactView?> {
            live(engine.observeContact(id: id), stop: { $0.stop() }, next: { try await $0.next(after: $1).map { ($0.number, $0.value) } })
        }

        public func page(_ query: ContactsQuery = ContactsQuery()) async throws -> ContactsPage {
            try await engine.contacts(query: query)
        }

        public func current(id: String) async throws -> ContactView {
            try await engine.contact(id: id)
        }

        /// Writes the contact's card (vCard 3.0: name, phone, e-mail) to a file at this path; one that is there is written over.
        public func card(id: String, path: String) async throws {
            try await engine.contactCard(id: id, path: path)
        }

        /// Gives the contact's id.
        @discardableResult
        public func add(_ contact: ContactEdit) async throws -> String {
            try await engine.addContact(edit: contact)
        }

        public func edit(id: String, _ edit: ContactEdit) async throws {
            try await engine.editContact(id: id, edit: edit)
        }

        /// Gives the tag's id.
        @discardableResult
        public func tag(id: String, tag: String) async throws -> String {
            try await engine.tagContact(id: id, tag: tag)
        }

        public func untag(id: String, tagId: String) async throws {
            try await engine.untagContact(id: id, tagId: tagId)
        }

        /// With its interactions. A later edit on another device revives it.
        public func delete(id: String) async throws {
            try await engine.deleteContact(id: id)
        }

        /// For good, everywhere.
        public func erase(id: String) async throws {
            try await engine.eraseContact(id: id)
        }

        /// Gives the interaction's id. Times are milliseconds since 1970; without one it is now.
        @discardableResult
        public func logInteraction(contact: String, channel: Channel, note: String, at: Int64? = nil) async throws -> String {
            try await engine.logInteraction(contact: contact, channel: channel, at: at, note: note)
        }
    }
}

public typealias ContactsQuery = QadamCore.ContactsQuery
public typealias ContactsPage = QadamCore.ContactsPage
public typealias ContactSummary = QadamCore.ContactSummary
public typealias ContactView = QadamCore.ContactView
public typealias TagView = QadamCore.TagView
public typealias InteractionView = QadamCore.InteractionView
public typealias Channel = QadamCore.Channel
public typealias ContactEdit = QadamCore.ContactEdit
