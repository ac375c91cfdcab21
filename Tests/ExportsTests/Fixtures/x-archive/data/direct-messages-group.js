window.YTD.direct_messages_group.part0 = [
 {
  "dmConversation": {
   "conversationId": "900",
   "messages": [
    {
     "joinConversation": {
      "initiatingUserId": "2000",
      "participantsSnapshot": [
       "1000",
       "2000",
       "3000"
      ],
      "createdAt": "2024-03-02T08:00:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "Wie komt er zaterdag flyeren?",
      "mediaUrls": [],
      "senderId": "3000",
      "id": "5",
      "createdAt": "2024-03-02T09:00:00.000Z"
     }
    }
   ]
  }
 }
]