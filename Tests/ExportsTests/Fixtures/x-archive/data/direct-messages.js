window.YTD.direct_messages.part0 = [
 {
  "dmConversation": {
   "conversationId": "1000-2000",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "1000",
      "reactions": [],
      "urls": [],
      "text": "Fijn debat gisteren &amp; tot volgende week \ud83d\udc4d",
      "mediaUrls": [],
      "senderId": "2000",
      "id": "3",
      "createdAt": "2024-03-01T20:15:00.500Z"
     }
    },
    {
     "messageCreate": {
      "recipientId": "2000",
      "reactions": [],
      "urls": [],
      "text": "Dank u wel!",
      "mediaUrls": [
       "https://ton.twitter.com/dm/3/4/foto.jpg"
      ],
      "senderId": "1000",
      "id": "4",
      "createdAt": "2024-03-01T20:16:00.000Z"
     }
    }
   ]
  }
 }
]