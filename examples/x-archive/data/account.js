window.YTD.account.part0 = [
  {
    "account": {
      "email": "fleur@vandalen.example",
      "createdVia": "web",
      "username": "fleurvandalen",
      "accountId": "5001",
      "createdAt": "2014-06-01T09:00:00.000Z",
      "accountDisplayName": "Fleur van Dalen"
    }
  }
]
