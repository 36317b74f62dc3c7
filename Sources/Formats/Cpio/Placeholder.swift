enum CpioPlaceholder {}
