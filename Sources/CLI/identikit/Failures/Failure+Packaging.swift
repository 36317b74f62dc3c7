import Packaging

extension Failure {
    /// What can go wrong with packages, each with the exit code of its kind.
    init(packaging error: PackagingError) {
        switch error {
        case .invalidRecipe: self.init("the recipe is not valid; nothing was built\n\(error)", .invalidInput)
        case .noBuildFile, .notInCommit: self.init("\(error)", .missingInput)
        case .needsContainer, .unknownSuite, .packageGone, .tool: self.init("\(error)", .unavailable)
        case .noArchitecture, .noDirectoryForArchitectures, .option: self.init("\(error)", .usage)
        case .changedWhileBuilding: self.init("\(error)", .inputOutput)
        case .invalidLock, .staleLock, .digestMismatch, .invalidPackage, .conflict, .recipe:
            self.init("\(error)", .invalidInput)
        }
    }
}
