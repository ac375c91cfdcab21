window.YTD.account.part0 = [
 {
  "account": {
   "email": "fatima@example.nl",
   "username": "fatima_raad",
   "accountId": "1000",
   "createdAt": "2014-02-01T10:00:00.000Z",
   "accountDisplayName": "Fatima de Groot"
  }
 }
]