/// Losses of one kind, which are reported together in one line.
struct LossGroup {
    /// The losses in the order of the image, at least one.
    private(set) var losses: [Loss]

    /// The wording: losses that happened, or that `--strict` prevents.
    enum Mood { case happened, refused }

    /// The maximum number of paths named in a line.
    private static let shown = 3

    /// Groups `losses` by kind, in order of first appearance.
    static func groups(_ losses: [Loss]) -> [LossGroup] {
        var groups: [LossGroup] = []
        var numbers: [Key: Int] = [:]
        for loss in losses {
            if let number = numbers[Key(loss.kind)] {
                groups[number].losses.append(loss)
            } else {
                numbers[Key(loss.kind)] = groups.count
                groups.append(LossGroup(losses: [loss]))
            }
        }
        return groups
    }

    /// One line; more than `shown` paths are counted, with one as an example.
    func line(_ mood: Mood = .happened) -> String {
        Self.text(losses, mood)
    }

    /// Whether the line omits paths.
    var isSummary: Bool {
        if case .jolietName = losses[0].kind { return losses.count > 1 }
        return losses.count > Self.shown
    }

    /// One line per loss.
    var details: [String] { losses.map { Self.text([$0], .happened) } }

    private static func text(_ losses: [Loss], _ mood: Mood) -> String {
        let first = losses[0]
        let isOne = losses.count == 1
        switch first.kind {
        case .attribute(let name, let store):
            let verb = mood == .happened ? "dropped" : "would drop"
            return "\(verb) extended attribute \(name) of \(files(losses)) (\(store) cannot store it)"
        case .microcode:
            let verb = mood == .happened ? "left out" : "would leave out"
            return "\(verb) the microcode /\(first.path), which only an initrd can carry"
        case .nameEnd:
            let names = isOne ? "the name /\(first.path)" : "\(losses.count) names, such as /\(first.path)"
            return "Linux shows only the first 253 bytes of \(names)"
        case .jolietName(let joliet):
            let names =
                isOne
                ? "the name /\(first.path) to \(joliet); Linux reads it whole"
                : "\(losses.count) names, such as /\(first.path) to \(joliet); Linux reads them whole"
            return "Joliet, which Windows reads, shortens \(names)"
        }
    }

    private static func files(_ losses: [Loss]) -> String {
        let paths = losses.prefix(shown).map { "/\($0.path)" }
        if losses.count > shown { return "\(losses.count) files, such as \(paths[0])" }
        guard let last = paths.last, paths.count > 1 else { return paths[0] }
        return paths.dropLast().joined(separator: ", ") + " and " + last
    }

    private enum Key: Hashable {
        case attribute(name: String, store: String)
        case microcode, nameEnd, jolietName

        init(_ kind: Loss.Kind) {
            switch kind {
            case .attribute(let name, let store): self = .attribute(name: name, store: store)
            case .microcode: self = .microcode
            case .nameEnd: self = .nameEnd
            case .jolietName: self = .jolietName
            }
        }
    }
}
