import Foundation
import Qadam
import QadamModels
import QuickLook
import SwiftUI

/// A piece of a text in native views.
struct BlockView: View {
    private let block: Block

    init(_ block: Block) {
        self.block = block
    }

    var body: some View {
        switch block {
        case .heading(let level, let spans):
            Text(attributed(spans)).font(level <= 1 ? .title2 : .title3).accessibilityAddTraits(.isHeader)
        case .paragraph(let spans):
            Text(attributed(spans))
        case .listing(let ordered, let items):
            VStack(alignment: .leading, spacing: 6) {
                ForEach(items.indices, id: \.self) { index in
                    HStack(alignment: .firstTextBaseline) {
                        Text(verbatim: ordered ? "\(index + 1)." : "•")
                        Text(attributed(items[index]))
                    }
                    .accessibilityElement(children: .combine)
                }
            }
        case .quote(let spans):
            HStack {
                Rectangle().fill(.tint).frame(width: 4).accessibilityHidden(true)
                Text(attributed(spans)).italic()
            }
        case .media(let media):
            Medium(media)
        }
    }
}

/// The pieces of a text, one below the other.
struct Blocks: View {
    private let blocks: [Block]

    init(_ blocks: [Block]) {
        self.blocks = blocks
    }

    var body: some View {
        ForEach(blocks.indices, id: \.self) { BlockView(blocks[$0]) }
    }
}

private func attributed(_ spans: [Span]) -> AttributedString {
    spans.reduce(into: AttributedString()) { text, span in
        var part = AttributedString(span.text)
        var intent: InlinePresentationIntent = []
        if span.emphasis { intent.insert(.emphasized) }
        if span.strong { intent.insert(.stronglyEmphasized) }
        part.inlinePresentationIntent = intent
        part.link = span.link.flatMap { URL(string: $0) }
        text += part
    }
}

/// A picture, or a sound or video to be opened; its description and transcript are there for who can't see or hear it.
struct Medium: View {
    private let media: MediaView
    @State private var played: URL?
    @Environment(\.texts) private var texts

    init(_ media: MediaView) {
        self.media = media
    }

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            if let path = media.path {
                switch media.kind {
                case .picture:
                    AsyncImage(url: URL(fileURLWithPath: path)) { picture in
                        picture.resizable().scaledToFit()
                    } placeholder: {
                        EmptyView()
                    }
                    .accessibilityLabel(media.description)
                case .sound:
                    Quiet(texts.mediaPlaySound) { played = URL(fileURLWithPath: path) }
                case .video:
                    Quiet(texts.mediaPlayVideo) { played = URL(fileURLWithPath: path) }
                }
            } else {
                Small(texts.mediaNotHere)
            }
            Small(media.description)
            if let transcript = media.transcript {
                DisclosureGroup(texts.mediaTranscript) { Text(transcript) }.frame(minHeight: touchTarget)
            }
        }
        .quickLookPreview($played)
    }
}
