print("identikit")
