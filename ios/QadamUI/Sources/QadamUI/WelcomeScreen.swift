import Qadam
import QadamModels
import SwiftUI

struct WelcomeScreen: View {
    @State private var model: WelcomeViewModel
    @Environment(\.texts) private var texts
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam) {
        _model = State(initialValue: WelcomeViewModel(qadam))
    }

    var body: some View {
        Screen(texts.welcomeTitle, model.state, model) { welcome in
            if let welcome {
                Headline(welcome.from.map { texts.welcomeLetterFrom(name: $0) } ?? texts.welcomeLetter)
                Text(welcome.letter)
                if let video = welcome.video {
                    Headline(texts.welcomeVideo)
                    Medium(video)
                }
                if !welcome.tour.isEmpty { Headline(texts.welcomeTour) }
                ForEach(welcome.tour.indices, id: \.self) { at in
                    VStack(alignment: .leading, spacing: 6) {
                        Small(texts.welcomeStep(at: Int64(at + 1), of: Int64(welcome.tour.count)))
                        Text(welcome.tour[at].title).font(.headline)
                        Text(welcome.tour[at].text)
                    }
                }
            } else {
                Note(texts.welcomeNone)
            }
        } bottom: { _ in
            Primary(texts.welcomeBegin) { model.finish { navigation.back() } }
        }
    }
}
