enum KitConfigPlaceholder {}
