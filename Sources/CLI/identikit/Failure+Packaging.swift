import Packaging

extension Failure {
    /// The wording for what can go wrong with packages.
    init(packaging error: PackagingError) {
        switch error {
        case .invalidRecipe(let problems):
            let text = problems.map(\.description).joined(separator: "\n")
            self.init("the recipe is not valid; nothing was built\n\(text)", .invalidInput)
        case .noBuildFile(let folder, let file):
            self.init("\(folder) has no \(file), so it is no package folder", .missingInput)
        case .needsContainer(let folder, let dockerfile):
            self.init(
                "\(folder) is built by running its \(dockerfile) in a container, which cannot be done yet; give its "
                    + "build.yml a contents section (Docs/packages.md), or put the image into the cache",
                .unavailable)
        case .noArchitecture(let folder, let asked, let known):
            self.init(
                "\(folder) is not for \(asked.joined(separator: ", ")): its build.yml names \(known.joined(separator: ", "))",
                .invalidInput)
        case .notInCommit(let folder, let commit):
            self.init(
                "\(folder) is not in commit \(commit); commit it, or name another with --hash-commit",
                .missingInput)
        case .unknownSuite(let suite, let known):
            let has = known.isEmpty ? "none" : known.joined(separator: ", ")
            self.init(
                "no apt source of this machine has the suite \(suite) (it has \(has)); add one to "
                    + "/etc/apt/sources.list.d, or change suite in build.yml", .unavailable)
        case .invalidLock(let path, let reason):
            self.init("\(path) cannot be used: \(reason); make it anew with \(Self.relock)", .invalidInput)
        case .staleLock(let path, let architecture, let folder):
            self.init(
                "\(path) was made for other packages than build.yml names for \(architecture); make it anew with "
                    + "\(Self.relock) \(folder)", .invalidInput)
        case .packageGone(let name, let version, let folder):
            self.init(
                "the mirror no longer has \(name) \(version), which the lock of \(folder) names; lock anew with "
                    + "\(Self.relock) \(folder)", .unavailable)
        case .digestMismatch(let name, let version, let expected, let found, let folder):
            self.init(
                "\(name) \(version) is not what the lock of \(folder) says: its SHA-256 is \(found), not \(expected); "
                    + "do not use it, or lock anew with \(Self.relock) \(folder)", .invalidInput)
        case .invalidPackage(let file, let part, let offset, let reason):
            self.init("\(file) is damaged: \(part), byte \(offset): \(reason)", .invalidInput)
        case .conflict(let path, let first, let second):
            self.init(
                "\(first) and \(second) both bring /\(path), with different contents; leave one out with exclude, "
                    + "or the file with remove", .invalidInput)
        case .tool(let doing, let message):
            let text = message.split(separator: "\n").suffix(3).joined(separator: "; ")
            self.init("\(doing) failed: \(text)", .unavailable)
        case .recipe(let position, let message): self.init("\(position): \(message)", .invalidInput)
        case .option(let message): self.init(message, .usage)
        }
    }

    private static var relock: String { "\(Invocation.name) pkg build --relock" }
}
