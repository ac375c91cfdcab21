window.YTD.note_tweet.part0 = [
 {
  "noteTweet": {
   "noteTweetId": "72",
   "createdAt": "2024-03-02T11:00:00.000Z",
   "core": {
    "text": "Een lange tekst over het fietspad.",
    "urls": [],
    "mentions": [],
    "hashtags": []
   }
  }
 }
]