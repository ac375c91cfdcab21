window.YTD.tweet.part0 = [ {
 "id_str" : "8", "full_text" : "Zonder omslag", "created_at" : "Mon Nov 05 09:00:00 +0000 2018" } ]