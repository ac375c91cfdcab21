window.YTD.direct_messages.part0 = [
  {
    "dmConversation": {
      "conversationId": "5001-6001",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "6001",
            "reactions": [],
            "urls": [],
            "text": "Dank je! Ja, ik sta bij de koffie.",
            "mediaUrls": [],
            "senderId": "5001",
            "id": "70900",
            "createdAt": "2026-03-03T12:00:00.000Z"
          }
        },
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "Kom je zaterdag naar de wijkmarkt?",
            "mediaUrls": [],
            "senderId": "6001",
            "id": "70002",
            "createdAt": "2026-03-03T12:15:00.000Z"
          }
        },
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "Dag Fleur, mooi stuk in de krant over de speeltuinen.",
            "mediaUrls": [],
            "senderId": "6001",
            "id": "70001",
            "createdAt": "2026-03-02T11:15:00.000Z"
          }
        }
      ]
    }
  },
  {
    "dmConversation": {
      "conversationId": "5001-6002",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "ik zie je auto elke avond staan. Zelfde plek, zelfde tijd.",
            "mediaUrls": [],
            "senderId": "6002",
            "id": "70005",
            "createdAt": "2026-03-06T15:15:00.000Z"
          }
        },
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "trut",
            "mediaUrls": [],
            "senderId": "6002",
            "id": "70004",
            "createdAt": "2026-03-05T14:15:00.000Z"
          }
        },
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "waarom antwoord je niet",
            "mediaUrls": [],
            "senderId": "6002",
            "id": "70003",
            "createdAt": "2026-03-04T13:15:00.000Z"
          }
        }
      ]
    }
  },
  {
    "dmConversation": {
      "conversationId": "5001-6003",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "Geachte mevrouw, u hebt een prachtig gezin. Het zou zonde zijn als daar iets mee gebeurde. Hoogachtend.",
            "mediaUrls": [],
            "senderId": "6003",
            "id": "70006",
            "createdAt": "2026-03-07T16:15:00.000Z"
          }
        }
      ]
    }
  },
  {
    "dmConversation": {
      "conversationId": "5001-6004",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "Het college heeft zich niet aan zijn eigen regels gehouden. Ik vind dat onbehoorlijk bestuur.",
            "mediaUrls": [],
            "senderId": "6004",
            "id": "70007",
            "createdAt": "2026-03-08T17:15:00.000Z"
          }
        }
      ]
    }
  },
  {
    "dmConversation": {
      "conversationId": "5001-6005",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "toe nou schatje",
            "mediaUrls": [],
            "senderId": "6005",
            "id": "70009",
            "createdAt": "2026-03-10T19:15:00.000Z"
          }
        },
        {
          "messageCreate": {
            "recipientId": "5001",
            "reactions": [],
            "urls": [],
            "text": "stuur eens een foto van die mooie benen",
            "mediaUrls": [],
            "senderId": "6005",
            "id": "70008",
            "createdAt": "2026-03-09T18:15:00.000Z"
          }
        }
      ]
    }
  }
]
