enum SBOMPlaceholder {}
