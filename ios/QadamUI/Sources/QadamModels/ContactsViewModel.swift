import Observation
import Qadam

private let pageSize: UInt32 = 50

public struct ContactsState: Sendable {
    public let contacts: [ContactSummary]
    public let more: Bool

    /// By the first letter of the name, in the order of the list.
    public var byLetter: [(letter: String, contacts: [ContactSummary])] {
        var groups: [(letter: String, contacts: [ContactSummary])] = []
        for contact in contacts {
            let letter = contact.name.prefix(1).uppercased()
            if groups.last?.letter == letter {
                groups[groups.count - 1].contacts.append(contact)
            } else {
                groups.append((letter, [contact]))
            }
        }
        return groups
    }
}

@MainActor
public final class ContactsViewModel: ScreenViewModel {
    /// What is looked for, and how far the list is shown.
    @MainActor
    private final class Asked {
        let saved: SavedState
        var pages = 1
        var search: String { saved.get("search") ?? "" }

        init(_ saved: SavedState) {
            self.saved = saved
        }
    }

    private let asked: Asked
    private let found: Query<ContactsState>

    public init(_ qadam: Qadam, _ saved: SavedState) {
        let asked = Asked(saved)
        self.asked = asked
        found = Query { query in
            let (search, pages) = (asked.search, asked.pages)
            for try await first in qadam.contacts.pages(ContactsQuery(search: search, after: nil, limit: pageSize)) {
                var contacts = first.contacts
                var next = first.next
                for _ in 1..<pages {
                    guard let after = next else { break }
                    let page = try await qadam.contacts.page(ContactsQuery(search: search, after: after, limit: pageSize))
                    contacts += page.contacts
                    next = page.next
                }
                query.show(ContactsState(contacts: contacts, more: next != nil))
            }
        }
        super.init([found])
    }

    public var state: Load<ContactsState> { found.load }

    /// The begin of a name, or of one of its words.
    public var search: String { asked.search }

    public func search(_ text: String) {
        asked.saved.set("search", text)
        asked.pages = 1
        found.again()
    }

    /// The end of the list came in sight.
    public func more() {
        guard state.value?.more == true else { return }
        asked.pages += 1
        found.again()
    }
}
