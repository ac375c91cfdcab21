window.YTD.tweets.part0 = [
 {
  "tweet": {
   "id_str": "71",
   "id": "71",
   "full_text": "@b_jansen Dat klopt, zie het raadsvoorstel &lt;3",
   "created_at": "Sat Mar 02 10:00:00 +0000 2024",
   "in_reply_to_status_id_str": "70",
   "in_reply_to_user_id_str": "2000",
   "in_reply_to_screen_name": "b_jansen",
   "entities": {
    "user_mentions": [
     {
      "screen_name": "b_jansen",
      "name": "Bert Jansen",
      "id_str": "2000"
     }
    ]
   },
   "lang": "nl"
  }
 }
]